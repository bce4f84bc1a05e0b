/** What to do about an addon that does not load. */
import { packageRoots } from '../../platform/package-roots.js';
import type { AddonSituation } from './native.js';
import { permissionRemedy } from './permission.js';

/** What to do in each situation that has one remedy: a sentence without its full stop. */
const REMEDIES: Readonly<Record<Exclude<AddonSituation, 'forbidden' | 'unloadable'>, string>> = {
  elsewhere: 'Unset TWO_LAYER_NET_PREBUILD, which names the folder to search, or set it to a folder with an addon',
  clone: 'Build it with `npm run build:native` (needs a C++ compiler, CMake and OpenBLAS)',
  damaged: 'Install the package again: its addon is damaged, for another processor or from another version',
  missing:
    'The addon was removed: keep the folder prebuilds/ of two-layer-net if something copies only the files that it ' +
    'finds in use, such as a bundler or a tracer (in Next.js: outputFileTracingIncludes). If it was deleted, install ' +
    'the package again',
  'packed-without':
    'This package was packed in a clone without prebuilt addons, and installing it again changes nothing: run ' +
    '`npm run prebuild` and `npm run build:wasm` in the clone before `npm pack`, or install the folder of the clone, ' +
    'after `npm run build:native` in it',
  'other-libc':
    'The addon here is for another C library (glibc or musl): install the package on this system, or copy the whole ' +
    'folder prebuilds/',
  unsupported: 'This package has no addon for this platform. You can build one in a clone of the repository',
  bundled:
    "The package is in a bundle: keep two-layer-net outside it (the bundler's `external`), or copy the package's " +
    'prebuilds/ folder beside the bundle',
};

/** What the system's loader says, and what helps; the first that matches. */
const LOADER: readonly (readonly [RegExp, string])[] = [
  [/`(GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found/, 'The C or C++ library is too old: use a system with a newer one'],
  [
    /symbol not found|__\w+_chk/,
    'The addon is for another C library (glibc or musl): install the package on this system',
  ],
  [/cannot open shared object file|Error loading shared library/, 'Install the system library that the reason names'],
  [/failed to map segment|Operation not permitted/, 'Move the package off a file system that is mounted with noexec'],
  [/static TLS/, 'Load two-layer-net before other addons'],
  [/EACCES|[Pp]ermission denied/, 'Let this user read the file, and search its folders'],
  [/out of memory|ENOMEM|[Cc]annot allocate memory/, 'Give the process more memory'],
  [/EMFILE|ENFILE|[Tt]oo many open files/, 'Allow more open files (ulimit -n), or open fewer'],
];

/**
 * What to do about an addon that does not load: a sentence without its full stop.
 *
 * @param reasons - why it does not load: a reason of the system's loader has a remedy of its own
 * @param asker - a net's message also points to the doctor
 */
export function remedyFor(
  situation: AddonSituation,
  reasons: readonly string[] = [],
  asker: 'net' | 'doctor' = 'net',
): string {
  const remedy = remedyOf(situation, reasons);
  return asker === 'doctor' ? remedy : `${remedy}. \`npx two-layer-net doctor\` shows the details`;
}

function remedyOf(situation: AddonSituation, reasons: readonly string[]): string {
  if (situation === 'forbidden') return permissionRemedy(packageRoots().map(({ folder }) => folder));
  if (situation !== 'unloadable') return REMEDIES[situation];
  const known = LOADER.find(([pattern]) => reasons.some((reason) => pattern.test(reason)));
  return known?.[1] ?? 'There is an addon for this platform, but it does not load on this system, for the reason given';
}
