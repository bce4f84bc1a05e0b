import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles an addon of test/fixtures/ into a folder; undefined if there is no C compiler. */
export function compileAddon(name: string, folder: string): string | undefined {
  const file = join(folder, `${name}.node`);
  const include = join(PACKAGE, 'node_modules', 'node-api-headers', 'include');
  const source = join(PACKAGE, 'test', 'fixtures', `${name}.c`);
  const { status } = spawnSync('cc', ['-shared', '-fPIC', '-I', include, source, '-o', file]);
  return status === 0 ? file : undefined;
}
