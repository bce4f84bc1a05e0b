import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { copyPackage, PACKAGE, runNode } from '../../support/package-copy.js';
import { sharedFolder } from '../../support/temporary-folder.js';

const OPTIONAL = ['hyparquet', 'hyparquet-compressors', 'apache-arrow'];

it('Parquet and Arrow without their packages: the error names the command that installs them', () => {
  const installed = copyPackage(join(sharedFolder(), 'two-layer-net'));
  const modules = join(installed, 'node_modules');
  rmSync(modules);
  mkdirSync(modules);
  for (const name of readdirSync(join(PACKAGE, 'node_modules'))) {
    if (!OPTIONAL.includes(name)) symlinkSync(join(PACKAGE, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(installed, 't.parquet'), 'PAR1');
  writeFileSync(join(installed, 't.arrow'), 'ARROW1');
  const program = `
    import { loadDataset } from ${JSON.stringify(pathToFileURL(join(installed, 'dist', 'index.js')).href)};
    for (const file of ['t.parquet', 't.arrow'])
      await loadDataset(file).catch(({ code, message }) => console.log(code, message));
  `;
  const { stdout, stderr } = runNode(['--input-type=module', '-e', program], installed);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^ERR_MISSING_PEER Parquet files need .* run: npm install hyparquet hyparquet-compressors$/),
    expect.stringMatching(/^ERR_MISSING_PEER Arrow files need .* run: npm install apache-arrow$/),
  ]);
});
