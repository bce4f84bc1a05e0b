import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.js';
import { freshFolder } from '../support/temporary-folder.js';

vi.mock('sharp', () => {
  throw new Error('it is not installed');
});

const inFolder = freshFolder();

it('pictures without sharp: the error names the command that installs it', async () => {
  mkdirSync(inFolder('a'));
  writeFileSync(inFolder('a/1.png'), '');
  await expect(loadDataset(inFolder())).rejects.toMatchObject({
    code: 'ERR_MISSING_PEER',
    message: expect.stringMatching(/^Pictures need the package sharp .* run: npm install sharp$/),
  });
});
