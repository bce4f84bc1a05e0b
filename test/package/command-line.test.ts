import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/run-cli.js';

/** The package of what is imported: a part of it may be. */
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

test('the command line starts from files of its own, and imports only what the package depends on', () => {
  const folder = join(ROOT, 'dist', 'cli');
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const known = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  expect(files).toContain('main.js');
  for (const file of files) {
    const code = readFileSync(join(folder, file), 'utf8');
    const imported = [...code.matchAll(/^(?:import|\} from) .*?"([^"]+)";$|\bimport\("([^"]+)"\)/gm)].map(
      ([, from, lazily]) => from ?? lazily ?? '',
    );
    const strange = imported.filter(
      (name) => !isBuiltin(name) && !known.includes(packageOf(name)) && !files.includes(name.replace(/^\.\//, '')),
    );
    expect(strange).toEqual([]);
    if (file === 'main.js') expect(imported).toContain('commander');
  }
});
