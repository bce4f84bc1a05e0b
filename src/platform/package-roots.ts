/**
 * The folders that this package's own files are in: the package's folder as it was installed. If a bundler has put the
 * code into another file, they are the folder of that file and the package that can still be resolved from there.
 *
 * Nothing is searched before it is needed, so that importing the package cannot fail because of a missing file.
 */
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import './traced-files.js';

/** The name in package.json. */
export const PACKAGE_NAME = 'two-layer-net';

/** A folder that may have files of this package. */
export interface PackageRoot {
  readonly folder: string;
  /** Whether it is the package itself. Otherwise it is the folder of a bundle, which also has files of others. */
  readonly isPackage: boolean;
}

/** What is used of package.json. */
export interface Manifest {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
}

/**
 * The file that this code runs from: its own, or a bundle. A CommonJS bundle has no `import.meta.url` but has
 * `__filename`. Some bundlers replace both by the place where the code once was; then the program that was started is
 * used. Undefined if none of these files exists.
 */
export function codeFile(): string | undefined {
  const { url } = import.meta as { url?: string };
  const files = [url?.startsWith('file:') ? fileURLToPath(url) : undefined, commonJsFile(), startedScript()];
  return files.find((file) => file !== undefined && existsSync(file));
}

/** `__filename` where it is defined. In an ES module, webpack replaces its `typeof` by `string` and leaves the name. */
function commonJsFile(): string | undefined {
  try {
    return __filename;
  } catch {
    return undefined;
  }
}

/** The script that was started. Code given on the command line (`node -e`) has an unrelated argument in its place. */
function startedScript(): string | undefined {
  const isScript = !process.execArgv.some((word) => /^(-e|-p|-pe|--eval|--print)(=|$)/.test(word));
  return isScript ? process.argv[1] : undefined;
}

/** The package.json in `folder`, if it is this package's. */
export function manifestIn(folder: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return manifest?.name === PACKAGE_NAME ? manifest : undefined;
  } catch {
    // Missing, unreadable or not JSON: in each case this is not the package's folder.
    return undefined;
  }
}

/**
 * The package as a program at `file` would import it. The working folder is used only if the code's own file is not
 * known: the folder in which a program happens to be started has nothing to do with what it was built from.
 */
function resolvedFrom(file: string | undefined): string | undefined {
  try {
    const require = module.createRequire(file ?? join(process.cwd(), 'any.js'));
    return dirname(require.resolve(`${PACKAGE_NAME}/package.json`));
  } catch {
    // It is not installed there.
    return undefined;
  }
}

/**
 * @internal Exported for tests: the folders to search, in order, for code that runs from `file`. Installed code and
 * code in a clone is in a folder of src/ or dist/ of the package, which is then the only folder.
 */
export function rootsOf(file: string | undefined): PackageRoot[] {
  const own = file && dirname(dirname(dirname(file)));
  if (own && manifestIn(own)) return [{ folder: own, isPackage: true }];
  const resolved = resolvedFrom(file);
  return [
    ...(file ? [{ folder: dirname(file), isPackage: false }] : []),
    ...(resolved ? [{ folder: resolved, isPackage: true }] : []),
  ];
}

let roots: readonly PackageRoot[] | undefined;

/** The folders to search for this package's files, in order; empty if it is bundled and nothing can be found. */
export function packageRoots(): readonly PackageRoot[] {
  roots ??= rootsOf(codeFile());
  return roots;
}

/** Whether a folder is a clone of the repository, which can build everything that an installed package includes. */
export function isClone({ folder, isPackage }: PackageRoot): boolean {
  return isPackage && existsSync(join(folder, 'CMakeLists.txt'));
}
