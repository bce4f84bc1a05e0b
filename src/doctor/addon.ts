/** Finds the addon and tries each candidate file, in a separate process if it could end this one. */
import { spawnSync } from 'node:child_process';
import type { Binding } from '../../binding.js';
import { addonFiles } from '../backend/native/addon-files.js';
import { type AddonSituation, type AddonTrial, faultOf, loadNative } from '../backend/native/native.js';
import { packageRoots } from '../platform/package-roots.js';

/** A file that may be the addon, and the result of loading it. */
export interface AddonFileFacts {
  /** Its path. */
  readonly file: string;
  /**
   * `loaded`: it is used; `damaged`: it is cut short or not a shared library; `foreign`: it is for another kind of
   * processor; `other-libc`: it is for another C library, and was not loaded; `other-version`: it was built for another
   * version of this package; `forbidden`: Node loads no addons; `not-loaded`: the system's loader rejected it;
   * `refused`: it does not support this machine, for example a processor that is too old; `crashes`: it ends the
   * process that loads it or computes with it.
   */
  readonly outcome: AddonTrial['outcome'] | 'crashes';
  /** Why it is not used; null if it is. */
  readonly reason: string | null;
}

/** The addon, or why there is none. */
export interface AddonFacts {
  /** The files that were tried, in order, up to the one that is used. */
  readonly tried: readonly AddonFileFacts[];
  /** The file that is used; null if there is none. */
  readonly file: string | null;
  /** Why none is used; empty if one is. */
  readonly reasons: readonly string[];
  /** The kind of problem, which decides the remedy; null if one is used. */
  readonly situation: AddonSituation | 'crashing' | null;
}

/** The facts, and the addon itself if it loads. */
export interface FoundAddon {
  readonly facts: AddonFacts;
  readonly binding: Binding | undefined;
}

/** How long loading an addon and computing a little may take, in milliseconds; under emulation it takes seconds. */
const PATIENCE = 120_000;

/** Set in the environment of a process that was started to load an addon. */
const PROBING = 'TWO_LAYER_NET_PROBING';

/** Loads an addon, then computes a little with all of its kernels. */
const PROGRAM = `
  const addon = require(process.argv[1]);
  process.stdout.write('loaded');
  const dtypes = ['float32', 'float64', 'bfloat16'];
  if (typeof addon.peak === 'function') for (const dtype of dtypes) addon.peak(dtype, 1, 1e-3);
  const [W1, b1, W2, b2] = [6, 3, 6, 2].map((length) => new Float32Array(length));
  const shape = { inputSize: 2, hiddenSize: 3, numClasses: 2 };
  const net = { shape, parameters: { W1, b1, W2, b2 }, products: 'blas', bfloat16: false, threads: 1 };
  const rows = { data: new Float32Array(2), count: 1, mean: null };
  if (typeof addon.scores === 'function') addon.scores(net, rows, new Float32Array(2));`;

/**
 * Looks for the addon as a net does. Each file is first loaded in a separate process: a damaged file, or kernels that
 * this processor does not support, can end the process.
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

/** Runs a process that loads a file and computes with it. */
function probe(file: string) {
  // With ELECTRON_RUN_AS_NODE Electron acts as Node. If it starts an application anyway, that must not probe again.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', [PROBING]: '1' };
  try {
    return spawnSync(process.execPath, ['-e', PROGRAM, file], { encoding: 'utf8', env, timeout: PATIENCE });
  } catch (error) {
    // Node's permission model can forbid child processes.
    return { error: error as Error, status: null, signal: null, stdout: '' };
  }
}

/** The first file that crashes, if it comes before one that loads. */
function firstCrash(): AddonFileFacts | undefined {
  if (process.env[PROBING]) return undefined;
  for (const { file, unfit } of addonFiles(packageRoots()).files) {
    if (unfit !== undefined || isFaulty(file)) continue;
    const { error, status, signal, stdout } = probe(file);
    if (status === 0) return undefined;
    // A program that throws has status 1. The loader tries that file again, and reports the error.
    if (signal === null && status === 1) continue;
    const late = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
    // If no process can be started, the addon is loaded here, as a net would.
    if (error && !late) continue;
    const when = stdout.startsWith('loaded') ? 'computes with it' : 'loads it';
    const what = late ? `does not finish within ${PATIENCE / 1000} s` : (signal ?? `exit code ${status}`);
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
