/** Which files may be the addon, in the order in which they are tried. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PACKAGE_NAME, type PackageRoot } from '../../platform/package-roots.js';
import { requireDependency } from '../../platform/require-dependency.js';
import { publishedHashes } from './checksum.js';
import { libc } from './libc.js';

/** A file that may be the addon. One for another C library is listed but not tried. */
export interface AddonFile {
  readonly file: string;
  /** Why it is not tried; undefined if it is. */
  readonly unfit: string | undefined;
}

/** What was found under some folders. */
export interface AddonFiles {
  readonly files: readonly AddonFile[];
  /** Files that the package was published with for this platform and C library, and that are missing. */
  readonly missing: readonly string[];
  /** The platforms with prebuilt addons (`linux-x64`), including those whose published files are missing. */
  readonly platforms: readonly string[];
}

interface Tuple {
  readonly name: string;
}

interface Tags {
  readonly file: string;
  readonly libc?: string;
}

/** The part of node-gyp-build that is used here: it interprets the file names of `prebuildify`. */
interface NodeGypBuild {
  parseTuple(folder: string): Tuple | undefined;
  matchTuple(platform: string, arch: string): (tuple: Tuple | undefined) => boolean;
  compareTuples(a: Tuple, b: Tuple): number;
  parseTags(file: string): Tags | undefined;
  matchTags(runtime: string, abi: string): (tags: Tags | undefined) => boolean;
  compareTags(runtime: string): (a: Tags, b: Tags) => number;
}

/**
 * Lists the files under `roots`: in each the files that were built there (not beside a bundle, where they may belong to
 * another package), then the prebuilt ones; at last the files beside the program that runs this code. As in
 * node-gyp-build, the environment variable `TWO_LAYER_NET_PREBUILD` names a folder that is searched instead of `roots`,
 * and `PREBUILDS_ONLY` leaves out the files that were built.
 */
export function addonFiles(roots: readonly PackageRoot[]): AddonFiles {
  const instead = process.env.TWO_LAYER_NET_PREBUILD;
  const places = instead ? [{ folder: resolve(instead), isPackage: true }] : roots;
  const beside = { folder: dirname(process.execPath), isPackage: false };
  const found = [...places, beside].map((root) => ({ built: built(root), ...prebuilt(root) }));
  return {
    files: found.flatMap(({ built, files }) => [...built, ...files]),
    missing: found.flatMap(({ missing }) => missing),
    platforms: [...new Set(found.flatMap(({ platforms }) => platforms))],
  };
}

function built({ folder, isPackage }: PackageRoot): AddonFile[] {
  if (!isPackage || process.env.PREBUILDS_ONLY) return [];
  return ['Release', 'Debug'].flatMap((configuration) => {
    const place = join(folder, 'build', configuration);
    const names = namesIn(place).filter((name) => name.endsWith('.node'));
    return names.map((name) => ({ file: join(place, name), unfit: undefined }));
  });
}

function prebuilt({ folder, isPackage }: PackageRoot): AddonFiles {
  const place = join(folder, 'prebuilds');
  const present = namesIn(place).filter((entry) => isFolder(join(place, entry)));
  // Published platforms count even if something removed their files.
  const published = isPackage ? [...publishedHashes(place).keys()] : [];
  const missing = published
    .filter(isForHere)
    .map((name) => join(place, name))
    .filter((file) => !existsSync(file));
  const platforms = [...new Set([...present, ...published.map(dirname)])];
  const { platform, name } = platformNames(present);
  if (platform === undefined) return { files: [], missing, platforms };
  // Beside a bundle there may be addons of other packages.
  const mine = (file: string) => isPackage || file.startsWith(`${PACKAGE_NAME}.`);
  const here = libc().family;
  const files = name(namesIn(join(place, platform)).filter(mine)).map(({ file, libc: wanted }) => {
    const unfit = wanted && here && wanted !== here ? `is for ${wanted}, but this system has ${here}` : undefined;
    return { file: join(place, platform, file), unfit };
  });
  return { files, missing, platforms };
}

/** Whether a file of the published package, `linux-x64/two-layer-net.glibc.node`, is for this system. */
function isForHere(name: string): boolean {
  const { family } = libc();
  const wanted = ['glibc', 'musl'].find((tag) => name.endsWith(`.${tag}.node`));
  return dirname(name) === `${process.platform}-${process.arch}` && (!wanted || !family || wanted === family);
}

/** This platform's folder among `folders`, and a function that picks the fitting files, the most specific first. */
function platformNames(folders: readonly string[]): {
  platform: string | undefined;
  name: (files: string[]) => readonly Tags[];
} {
  const names = folders.length > 0 ? requireDependency<NodeGypBuild>('node-gyp-build') : undefined;
  if (!names) {
    // A bundle without node_modules: the folder of this platform, with all its files.
    const platform = folders.find((folder) => folder === `${process.platform}-${process.arch}`);
    const parse = (file: string) => ({ file, libc: file.split('.').find((tag) => tag === 'glibc' || tag === 'musl') });
    return { platform, name: (files) => files.filter((file) => file.endsWith('.node')).map(parse) as Tags[] };
  }
  const tuples = folders.map(names.parseTuple).filter(names.matchTuple(process.platform, process.arch)) as Tuple[];
  const runtime = process.versions.electron ? 'electron' : 'node';
  const fits = names.matchTags(runtime, process.versions.modules);
  return {
    platform: tuples.sort(names.compareTuples)[0]?.name,
    name: (files) => {
      // node-gyp-build assumes glibc on every Linux except Alpine; libc() checks which one it is.
      const parsed = files.map(names.parseTags).filter((tags) => tags && fits({ ...tags, libc: '' })) as Tags[];
      return parsed.sort(names.compareTags(runtime));
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The names in a folder, sorted; empty if it is not a folder or cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
