import module from 'node:module';
import { join } from 'node:path';
import { codeFile, packageRoots } from './package-roots.js';

/**
 * Loads one of this package's dependencies when it is needed. An `import` at the top of a module would break bundles in
 * ES module format as soon as they start: these dependencies are CommonJS and require Node's own modules, which such a
 * bundle cannot do.
 *
 * @returns undefined if it cannot be found (a bundle without node_modules) or loaded; callers must work without it
 */
export function requireDependency<T>(name: string): T | undefined {
  for (const from of [...packageRoots().map(({ folder }) => join(folder, 'package.json')), codeFile()]) {
    try {
      if (from !== undefined) return module.createRequire(from)(name) as T;
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}
