/** Which files may be the addon, and what comes of them; without ending this process where one of them would. */
import { spawnSync } from 'node:child_process';
import type { Binding } from '../../binding.js';
import { addonFiles } from '../backend/native/addon-files.js';
import { type AddonSituation, type AddonTrial, faultOf, loadNative } from '../backend/native/native.js';
import { packageRoots } from '../platform/package-roots.js';

/** What became of a file that may be the addon. */
export interface AddonFileFacts {
  /** Its path. */
  readonly file: string;
  /**
   * `loaded`: it serves; `damaged`: it is cut short or no shared library; `foreign`: it is for another kind of processor;
   * `other-libc`: it is for another C library, and was left alone; `other-version`: it lacks calls of this package;
   * `not-loaded`: the system's loader refused it; `refused`: it refuses to work here, as on a processor that is too old;
   * `crashes`: it ends the process that loads it or computes with it.
   */
  readonly outcome: AddonTrial['outcome'] | 'crashes';
  /** Why it does not serve; null where it does. */
  readonly reason: string | null;
}

/** The addon, as far as there is one. */
export interface AddonFacts {
  /** Those that were tried, in order, up to the one that serves. */
  readonly tried: readonly AddonFileFacts[];
  /** The file of the one that serves; null where none does. */
  readonly file: string | null;
  /** Why none serves; empty where one does. */
  readonly reasons: readonly string[];
  /** What can be done; null where one serves. */
  readonly situation: AddonSituation | 'crashing' | null;
}

/** The facts, and the addon itself where it loads. */
export interface FoundAddon {
  readonly facts: AddonFacts;
  readonly binding: Binding | undefined;
}

/** Milliseconds that loading an addon and computing a little may take; under emulation it takes seconds. */
const PATIENCE = 120_000;

/** In the environment of a process that is started to load an addon. */
const PROBING = 'TWO_LAYER_NET_PROBING';

/** Loads an addon, then computes a little with each of its kernels. */
const PROGRAM = `
  const addon = require(process.argv[1]);
  process.stdout.write('loaded');
  if (typeof addon.peak === 'function') for (const dtype of ['float32', 'float64', 'bfloat16']) addon.peak(dtype, 1, 1e-3);
  const [W1, b1, W2, b2] = [6, 3, 6, 2].map((length) => new Float32Array(length));
  const shape = { inputSize: 2, hiddenSize: 3, numClasses: 2 };
  const net = { shape, parameters: { W1, b1, W2, b2 }, products: 'blas', bfloat16: false, threads: 1 };
  if (typeof addon.scores === 'function') addon.scores(net, { data: new Float32Array(2), count: 1, mean: null }, new Float32Array(2));`;

/**
 * Looks for the addon as a net does. Each file is loaded in a process of its own first: a damaged one, or kernels that this
 * processor has not, can end the process.
 */
export function findAddon(): FoundAddon {
  const crash = firstCrash();
  if (crash) {
    const facts = { tried: [crash], file: null, reasons: [crash.reason ?? ''], situation: 'crashing' } as const;
    return { facts, binding: undefined };
  }
  const native = loadNative();
  const tried = native.tried.map(({ file, outcome, reason }) => ({ file, outcome, reason: reason ?? null }));
  if (native.binding) {
    return { facts: { tried, file: native.file, reasons: [], situation: null }, binding: native.binding };
  }
  const { reasons, situation } = native;
  return { facts: { tried, file: null, reasons, situation }, binding: undefined };
}

/** A process that loads a file and computes with it. */
function probe(file: string) {
  // Electron's program is Node when it is told so. Where it starts an application instead, that must not come here again.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', [PROBING]: '1' };
  try {
    return spawnSync(process.execPath, ['-e', PROGRAM, file], { encoding: 'utf8', env, timeout: PATIENCE });
  } catch (error) {
    // Node's permission model forbids it.
    return { error: error as Error, status: null, signal: null, stdout: '' };
  }
}

/** The first file that would end the process, if it comes before one that loads. */
function firstCrash(): AddonFileFacts | undefined {
  if (process.env[PROBING]) return undefined;
  for (const { file, unfit } of addonFiles(packageRoots()).files) {
    if (unfit !== undefined || isFaulty(file)) continue;
    const { error, status, signal, stdout } = probe(file);
    if (status === 0) return undefined;
    // What throws has status 1, and is tried again by the loader, which tells the error.
    if (signal === null && status === 1) continue;
    const late = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
    // Where no process can be started the addon is loaded here, as a net would.
    if (error && !late) continue;
    const when = stdout.startsWith('loaded') ? 'computes with it' : 'loads it';
    const what = late ? `does not end within ${PATIENCE / 1000} s` : (signal ?? `exit code ${status}`);
    const reason = `${file} ends the process that ${when} (${what})`;
    return { file, outcome: 'crashes', reason };
  }
  return undefined;
}

function isFaulty(file: string): boolean {
  try {
    return faultOf(file) !== undefined;
  } catch {
    return true;
  }
}
