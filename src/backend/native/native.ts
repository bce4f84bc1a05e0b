import { statSync } from 'node:fs';
import module from 'node:module';
import type { Binding } from '../../../binding.js';
import { isClone, type PackageRoot, packageRoots } from '../../platform/package-roots.js';
import { messageOf } from '../../validation/kinds.js';
import { contractFault } from '../contract-fault.js';
import { type AddonFiles, addonFiles } from './addon-files.js';
import { checksumFault, isPackedWithout } from './checksum.js';
import { withCodedErrors } from './coded-errors.js';
import { type ElfFault, elfFault } from './elf.js';
import { libc } from './libc.js';
import { isUnreadable } from './permission.js';

/** The result of trying one file that may be the addon. */
export interface AddonTrial {
  /** Its path. */
  readonly file: string;
  /**
   * - `loaded`: it is used.
   * - `damaged`: it is cut short or not a shared library.
   * - `other-version`: it implements another version of binding.d.ts.
   * - `foreign`: it is for another processor architecture.
   * - `other-libc`: it is for another C library and was not tried.
   * - `forbidden`: Node was started so that it loads no addons.
   * - `not-loaded`: the system's loader rejected it, for example because a library is missing.
   * - `refused`: it was loaded and refuses to work here, for example because the processor is too old.
   */
  readonly outcome:
    | 'loaded'
    | 'damaged'
    | 'other-version'
    | 'foreign'
    | 'other-libc'
    | 'forbidden'
    | 'not-loaded'
    | 'refused';
  /** Why it is not used, a sentence that begins with the file; undefined if it is used. */
  readonly reason: string | undefined;
}

/** Why no addon loads; decides what the user can do about it. */
export type AddonSituation =
  /** The environment variable `TWO_LAYER_NET_PREBUILD` names another folder to search. */
  | 'elsewhere'
  /** The package is a clone of the repository, which builds its own addon. */
  | 'clone'
  /** The package is installed, and its addon is damaged, for another processor or from another version. */
  | 'damaged'
  /** The package is installed, and something has removed its addon, such as a tracer of the files that are used. */
  | 'missing'
  /** The package was packed from a clone that had no prebuilt addons. */
  | 'packed-without'
  /** The only addons here are for another C library. */
  | 'other-libc'
  /** Node was started so that it loads no addons (`--no-addons`), or may not read them (`--permission`). */
  | 'forbidden'
  /** There is an addon for this platform, but it does not load here. */
  | 'unloadable'
  /** The package has no addon for this platform. */
  | 'unsupported'
  /** The code is in a bundle, and neither the package nor its prebuilt addons can be found from there. */
  | 'bundled';

/** The result of searching for the addon: the addon and its file, or why there is none; and every file tried. */
export type NativeAttempt =
  | { readonly binding: Binding; readonly file: string; readonly tried: readonly AddonTrial[] }
  | {
      readonly binding: undefined;
      readonly reasons: readonly string[];
      readonly tried: readonly AddonTrial[];
      readonly situation: AddonSituation;
    };

let attempt: NativeAttempt | undefined;

/** Loads the addon from build/Release or prebuilds/, once; never throws. */
export function loadNative(): NativeAttempt {
  attempt ??= tryRoots(packageRoots());
  return attempt;
}

/** @internal Exported for tests: searches for the addon under `folder`, as if the package were there. */
export function tryToLoad(folder: string): NativeAttempt {
  return tryRoots([{ folder, isPackage: true }]);
}

/** Tries the files in order until one loads that has this version of the binding. */
function tryRoots(roots: readonly PackageRoot[]): NativeAttempt {
  const found = addonFiles(roots);
  const tried: AddonTrial[] = [];
  for (const { file, unfit } of found.files) {
    const { binding, ...trial } = unfit === undefined ? load(file) : failed(file, 'other-libc', `${file} ${unfit}`);
    tried.push(trial);
    if (binding) return { binding: withCodedErrors(binding), file, tried };
  }
  const reasons = reasonsOf(tried, found.missing);
  if (!tried.some(isFitting) && found.missing.length === 0) reasons.push(noneFound(roots, found));
  return { binding: undefined, reasons, tried, situation: situationOf(roots, found, tried) };
}

function isFitting({ outcome }: AddonTrial): boolean {
  return outcome !== 'other-libc';
}

/** Files for another C library are only mentioned if there are no others. */
function reasonsOf(tried: readonly AddonTrial[], missing: readonly string[]): string[] {
  const gone = missing.map((file) => `${file} is missing, although this package was published with it`);
  const others = gone.length === 0 && !tried.some(isFitting);
  return [...gone, ...tried.filter((trial) => others || isFitting(trial)).flatMap(({ reason }) => reason ?? [])];
}

type Loaded = AddonTrial & { readonly binding?: Binding };

function load(file: string): Loaded {
  try {
    const fault = faultOf(file);
    if (fault) return failed(file, fault.kind, `${file} cannot be loaded: ${fault.reason}`);
    const addon = module.createRequire(file)(file) as Partial<Binding>;
    const reason = contractFault(addon);
    if (reason === undefined) return { file, outcome: 'loaded', reason: undefined, binding: addon as Binding };
    return failed(file, 'other-version', `${file} ${reason}`);
  } catch (error) {
    return failed(file, outcomeOf(error), `${file} cannot be loaded: ${firstLine(error)}`);
  }
}

/**
 * What is wrong with a file, as far as can be told without loading it; undefined if nothing is.
 *
 * @throws the file system's error if it cannot be read
 */
export function faultOf(file: string): ElfFault | undefined {
  // Reading from a pipe would wait forever.
  if (!statSync(file).isFile()) return { kind: 'damaged', reason: 'it is not a regular file' };
  const fault = elfFault(file);
  if (fault) return fault;
  const reason = checksumFault(file);
  return reason === undefined ? undefined : { kind: 'damaged', reason };
}

function failed(file: string, outcome: AddonTrial['outcome'], reason: string): Loaded {
  return { file, outcome, reason };
}

/** An error of the system's loader has a code of Node's, one of the file system a number; others are the addon's. */
function outcomeOf(error: unknown): AddonTrial['outcome'] {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ERR_DLOPEN_DISABLED' || code === 'ERR_ACCESS_DENIED') return 'forbidden';
  return code === 'ERR_DLOPEN_FAILED' || errno !== undefined ? 'not-loaded' : 'refused';
}

/** This platform as messages name it: `linux-x64 (glibc)`. */
export function platformWords(): string {
  const { family } = libc();
  return `${process.platform}-${process.arch}${family ? ` (${family})` : ''}`;
}

function noneFound(roots: readonly PackageRoot[], { platforms }: AddonFiles): string {
  const instead = process.env.TWO_LAYER_NET_PREBUILD;
  const folders = instead ? [instead] : roots.map(({ folder }) => folder);
  const where =
    folders.length > 0 ? `under ${folders.join(' or ')}` : 'because the bundle that has the code is not a file';
  const others = platforms.length > 0 ? `; there are prebuilt addons for ${platforms.join(', ')}` : '';
  return `no addon for ${platformWords()} was found ${where}${others}`;
}

function situationOf(
  roots: readonly PackageRoot[],
  { platforms, missing }: AddonFiles,
  tried: readonly AddonTrial[],
): AddonSituation {
  const any = (...outcomes: AddonTrial['outcome'][]) => tried.some(({ outcome }) => outcomes.includes(outcome));
  // Whatever else is wrong: no addon would be loaded.
  if (any('forbidden') || roots.some(({ folder }) => isUnreadable(folder))) return 'forbidden';
  if (process.env.TWO_LAYER_NET_PREBUILD) return 'elsewhere';
  // The addon's own message says what is wrong, in a clone too.
  if (any('refused')) return 'unloadable';
  const packages = roots.filter(({ isPackage }) => isPackage);
  if (packages.some(isClone)) return 'clone';
  if (any('damaged', 'foreign', 'other-version')) return 'damaged';
  if (missing.length > 0) return 'missing';
  if (any('not-loaded')) return 'unloadable';
  if (any('other-libc')) return 'other-libc';
  if (packages.some(({ folder }) => isPackedWithout(folder))) return 'packed-without';
  if (packages.length === 0 && platforms.length === 0) return 'bundled';
  // The published package has prebuilt addons. If their folder is missing or empty, something removed them.
  const emptied = tried.length === 0 && platforms.includes(`${process.platform}-${process.arch}`);
  return platforms.length === 0 || emptied ? 'missing' : 'unsupported';
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0].replace(/\.$/, '');
}
