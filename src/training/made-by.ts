/** What a history remembers of how it was made, so that only the same training continues it. */
import type { LabelledRows } from '../../binding.js';
import { conflict, describe } from '../validation/errors.js';
import type { SettingsWith, SettingValues } from './settings.js';

/** The settings that make another training when they change while it goes on. */
const REMEMBERED = [
  'reg',
  'batchSize',
  'shards',
  'momentum',
  'nesterov',
  'beta1',
  'beta2',
  'epsilon',
  'weightDecay',
  'clipNorm',
  'sampling',
  'dropout',
  'inputDropout',
  'labelSmoothing',
  'flip',
  'shift',
  'learningRateDecay',
  'patience',
  'monitor',
] as const satisfies readonly SettingsWith<{ of: 'training' }>[];

/** The values of the settings that a history remembers. */
export type RememberedSettings = Readonly<Partial<SettingValues<(typeof REMEMBERED)[number]>>>;

/** What a history remembers. A training that continues one which does not is taken at its word. */
export interface MadeBy {
  /** Its settings. */
  settings?: RememberedSettings;
  /** The schedule of the learning rates, `function` for one of the caller's. */
  schedule?: string;
  /** A fingerprint of some rows, all labels and all weights of rows. */
  data?: string;
}

/**
 * What a history remembers of the settings.
 *
 * @param scheduled - whether a schedule makes the rates, so that there is no decay
 */
export function rememberedOf(
  settings: SettingValues<(typeof REMEMBERED)[number]>,
  scheduled: boolean,
): RememberedSettings {
  const names = REMEMBERED.filter((name) => !(scheduled && name === 'learningRateDecay'));
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

/**
 * Checks that a training goes on with the settings that it began with. A history that does not remember them, of
 * another origin, is taken at its word.
 *
 * @throws TypeError `ERR_CONFLICT` that names the setting
 */
export function checkSameSettings({ settings: before = {} }: MadeBy, now: RememberedSettings): void {
  for (const name of REMEMBERED) {
    if (before[name] === undefined || now[name] === undefined || Object.is(before[name], now[name])) continue;
    throw conflict(
      (called) =>
        `Expected a ${called(name)} of ${describe(before[name])}, by which the training to resume was made, but ` +
        `received ${describe(now[name])}: leave out resume to train on with other settings, as a new training`,
    );
  }
}

/** How the learning rates of a training are made. */
export interface MadeRates {
  /** The name of its schedule, or `function`; `decay` where the backend's own decay makes the rates. */
  readonly schedule: string;
  /** The learning rate of an iteration by the schedule; undefined for the backend's own decay. */
  readonly rateAt: ((iteration: number) => number) | undefined;
  /** Iterations between two rates of a history. */
  readonly epoch: number;
}

/**
 * Checks that a training goes on with the schedule that has made its rates, as far as the history has them. Without
 * one, the rate goes on from where it is.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkSameRates(
  { learningRateHistory: rates = [], schedule: before }: MadeBy & { readonly learningRateHistory?: readonly number[] },
  { schedule, rateAt, epoch }: MadeRates,
): void {
  if (before === undefined) return;
  const at = rateAt ? rates.findIndex((rate, i) => Number.isFinite(rate) && rate !== rateAt(i * epoch)) : -1;
  if (at < 0 && (rateAt || before === schedule)) return;
  const found =
    at < 0 || !rateAt
      ? ''
      : `, with a learning rate of ${rateAt(at * epoch)} and not ${rates[at]} in iteration ${at * epoch}`;
  throw conflict(
    (called) =>
      `Expected the ${called('schedule')} by which the training to resume was made, ${describe(before)}, but ` +
      `received ${describe(schedule)}${found}: continue with the same ${called('schedule')}, ` +
      `${called('learningRate')} and ${called('numIters')}, or leave out resume to train on as a new training`,
  );
}

/** Rows that a fingerprint looks at, and numbers of each: few, since each call of a training makes one. */
const LOOKED_AT = { rows: 64, numbers: 16 };

/**
 * A fingerprint of a few rows, evenly spaced, of all labels and of all weights: a training takes longer than this,
 * however short.
 *
 * @param D - numbers per row
 * @param weights - how much each row counts (N); null for 1 each
 */
export function fingerprintOf(rows: LabelledRows, D: number, weights: Float64Array | null): string {
  const { words } = weights ? bitsOf(weights) : { words: [] };
  return `${fingerprintOfRows(rows, D)}-${hex(hashOf(words, hashOf(rows.labels)))}`;
}

const START = 0x811c9dc5;

function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
}

/** In four chains, which a processor works off side by side: in one, each word waits for the one before. */
function hashOf(words: ArrayLike<number>, start = START): number {
  const { length } = words;
  let [a, b, c, d] = [start, start ^ 1, start ^ 2, start ^ 3];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    a = mixed(a, words[i]);
    b = mixed(b, words[i + 1]);
    c = mixed(c, words[i + 2]);
    d = mixed(d, words[i + 3]);
  }
  for (; i < length; i++) a = mixed(a, words[i]);
  return mixed(mixed(mixed(a, b), c), d);
}

function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function fingerprintOfRows({ rows: { data, count, mean }, labels }: LabelledRows, D: number): string {
  let hash = START;
  const addWord = (word: number) => {
    hash = mixed(hash, word);
  };
  const add = ({ words, perNumber }: Bits, i: number) => {
    for (let w = i * perNumber; w < (i + 1) * perNumber; w++) addWord(words[w]);
  };
  const bits = bitsOf(data);
  const rowStep = Math.max(1, Math.floor(count / LOOKED_AT.rows));
  const step = Math.max(1, Math.floor(D / LOOKED_AT.numbers));
  for (let row = 0; row < count; row += rowStep) {
    addWord(labels[row]);
    for (let d = row % step; d < D; d += step) add(bits, row * D + d);
  }
  const ofMean = mean && bitsOf(mean);
  for (let d = 0; ofMean && d < D; d += step) add(ofMean, d);
  return `${count}x${D}-${hex(hash)}`;
}

/** An array as words, `perNumber` for each of its numbers. */
interface Bits {
  readonly words: ArrayLike<number>;
  readonly perNumber: number;
}

/** The values themselves would depend on the processor's modes: some read denormal numbers as 0. */
function bitsOf(array: LabelledRows['rows']['data']): Bits {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = array;
  if (BYTES_PER_ELEMENT < 4) return { words: array, perNumber: 1 };
  return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), perNumber: BYTES_PER_ELEMENT / 4 };
}

/**
 * Checks that a training goes on with the rows, labels and weights that it began with. The fingerprint of an earlier
 * version, without the part of all labels and weights, is compared as far as it goes.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkSameData({ data: before }: MadeBy, data: string): void {
  if (before === undefined || before === data) return;
  if (before.split('-').length === 2 && data.startsWith(`${before}-`)) return;
  const [sizes, now] = [before, data].map((text) => text.split('-')[0]);
  throw conflict(
    `Expected the rows and labels on which the training to resume was made (${sizes}), with the same weights, but ` +
      `received others (${now}): ` +
      'leave out resume to train on with other data, as a new training',
  );
}
