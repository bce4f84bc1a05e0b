/**
 * Where this package's own files are: the addon, the report's assets, package.json. Beside the code as it was installed,
 * or, where a bundler has put the code into another file, beside that file or in the package that it can still resolve.
 *
 * Nothing is looked for before it is asked for, so that importing the package cannot fail for want of a file.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name in package.json. */
export const PACKAGE_NAME = 'two-layer-net';

/** A folder that may have files of this package. */
export interface PackageRoot {
  readonly folder: string;
  /** Whether it is the package itself; else it is the folder of a bundle, whose other files are somebody else's. */
  readonly isPackage: boolean;
}

/**
 * The file that this code runs from: its own, or that of a bundle. A bundle in CommonJS has no `import.meta.url`, but names
 * itself in `__filename`, and other bundlers write there where the code once was; then it is the program that was started.
 * Undefined where there is none of them.
 */
function codeFile(): string | undefined {
  const { url } = import.meta as { url?: string };
  const files = [
    url?.startsWith('file:') ? fileURLToPath(url) : undefined,
    typeof __filename === 'string' ? __filename : undefined,
    startedScript(),
  ];
  return files.find((file) => file !== undefined && existsSync(file));
}

/** The script that was started; code of the command line (`node -e`) has arguments in its place, which may be anybody's. */
function startedScript(): string | undefined {
  const isScript = !process.execArgv.some((word) => /^(-e|-p|-pe|--eval|--print)(=|$)/.test(word));
  return isScript ? process.argv[1] : undefined;
}

/** What package.json in `folder` says, if it is this package's. */
function manifestIn(folder: string): { version?: string; engines?: { node?: string } } | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return manifest?.name === PACKAGE_NAME ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The package as a program at `file` would import it; from the working folder only where the code's own file is not known:
 * what lies where a program happens to be started is not what it was made with.
 */
function resolvedFrom(file: string | undefined): string | undefined {
  try {
    const require = createRequire(file ?? join(process.cwd(), 'any.js'));
    return dirname(require.resolve(`${PACKAGE_NAME}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * @internal Exported for tests: the folders to look in, in order, for code that runs from `file`. Installed or in a clone
 * it is in a folder of src/ or dist/ of the package, and there is one folder.
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

/** The folders to look in for this package's files, in order; none where it is bundled and nothing can be found. */
export function packageRoots(): readonly PackageRoot[] {
  roots ??= rootsOf(codeFile());
  return roots;
}

/** Whether a folder is a clone of the repository, which can build what an installed package comes with. */
export function isClone({ folder, isPackage }: PackageRoot): boolean {
  return isPackage && existsSync(join(folder, 'CMakeLists.txt'));
}

/** package.json; undefined where the package is bundled and its own folder is not to be found. */
function manifest() {
  const own = packageRoots().find(({ isPackage }) => isPackage);
  return own && manifestIn(own.folder);
}

/** This package's version; `unknown` where it is bundled without its package.json. */
export function packageVersion(): string {
  return manifest()?.version ?? 'unknown';
}

/** The versions of Node that package.json asks for; undefined where it is not to be found. */
export function supportedNode(): string | undefined {
  return manifest()?.engines?.node;
}

/**
 * The path of a file that comes with this package.
 *
 * @param path - from the package's folder
 * @throws Error where it is in none of the folders; says which, and what to do
 */
export function packageFile(...path: string[]): string {
  const name = path.join('/');
  const places = packageRoots().map(({ folder }) => join(folder, ...path));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const sought = places.length > 0 ? `it is not at ${places.join(' nor at ')}` : 'there is no folder to look in';
  const remedy = packageRoots().some(isClone)
    ? 'npm run build:ts makes it'
    : `install ${PACKAGE_NAME} again, or, where it is bundled, keep it outside the bundle (external) or copy ${name} beside it`;
  throw new Error(`A file of ${PACKAGE_NAME} is missing, ${name}: ${sought}. To mend it: ${remedy}`);
}

/**
 * Loads one of this package's dependencies when it is needed. (An `import` at the head of a module would end a bundle in
 * ES modules when it starts: these are CommonJS and require Node's own modules, which such a bundle cannot.)
 *
 * @returns undefined where it is not to be found, in a bundle without node_modules, or cannot be loaded: what it does is
 * done without it, less well
 */
export function requireDependency<T>(name: string): T | undefined {
  for (const from of [...packageRoots().map(({ folder }) => join(folder, 'package.json')), codeFile()]) {
    try {
      if (from !== undefined) return createRequire(from)(name) as T;
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}
