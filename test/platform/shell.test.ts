import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/platform/shell.js';

test.each(["it's", 'two words', '$HOME', '`id`', '"quoted"', 'a;b', 'a\nb', '~', '*', '!x', 'plain/path.npz'])(
  'a shell reads the word %j as it was meant',
  (word) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(word, 'linux')}`], { encoding: 'utf8' });
    expect(stdout).toBe(word);
  },
);

test('a path stays as it is where it can, and does not become an option', () => {
  expect(shellWord('runs/1/model_2.npz', 'linux')).toBe('runs/1/model_2.npz');
  expect(shellWord('-rf', 'linux')).toBe('./-rf');
  expect(shellWord('C:\\my runs\\1', 'win32')).toBe('"C:\\my runs\\1"');
  expect(shellWord('C:\\runs\\1', 'win32')).toBe('C:\\runs\\1');
});
