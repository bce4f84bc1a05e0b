import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE } from './package-copy.js';

/** An addon of test/fixtures/, compiled into `folder` by the C compiler of this machine; undefined without one. */
export function compiledAddon(folder: string, name: string, ...flags: readonly string[]): string | undefined {
  const file = join(folder, `${name}${flags.join('')}.node`);
  const include = join(PACKAGE, 'node_modules', 'node-api-headers', 'include');
  const source = join(PACKAGE, 'test', 'fixtures', `${name}.c`);
  const { status } = spawnSync('cc', ['-shared', '-fPIC', ...flags, '-I', include, source, '-o', file]);
  return status === 0 ? file : undefined;
}
