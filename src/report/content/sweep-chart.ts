/** The content of a search's chart. */
import { type TrialSettingName, variedSettings } from '../../tune/settings.js';
import type { SweepResults } from '../../tune/sweep.js';
import type { SweepAxis, SweepChart } from './chart-data.js';

/** Readable names of the settings. */
export const SETTING_NAMES: Readonly<Record<TrialSettingName, string>> = {
  learningRate: 'learning rate',
  learningRateDecay: 'learning rate decay',
  reg: 'regularization strength',
  hiddenSize: 'hidden units',
  batchSize: 'batch size',
  std: 'initial standard deviation',
};

/** A list of values gets a logarithmic axis if its largest value is at least this many times its smallest. */
const LOG_FACTOR = 10;

/** The settings that a search varied, or the learning rate if it varied none, so that there is an axis. */
export function axesOf({ search }: Pick<SweepResults, 'search'>): TrialSettingName[] {
  const varied = variedSettings(search.space);
  return varied.length > 0 ? varied : ['learningRate'];
}

export function sweepChart({ search, ranking }: Pick<SweepResults, 'search' | 'ranking'>): SweepChart {
  const names = axesOf({ search });
  const axes = names.map((name): SweepAxis => {
    const choices = search.space[name];
    const log = 'scale' in choices ? choices.scale === 'log' : spansFactors(choices);
    return { name: SETTING_NAMES[name], log };
  });
  const points = ranking.map(({ settings, valAccuracy, numIters }) => ({
    values: names.map((name) => settings[name]),
    accuracy: valAccuracy?.mean ?? null,
    deviation: valAccuracy?.deviation ?? 0,
    numIters,
  }));
  return { kind: 'sweep', axes, points };
}

function spansFactors(values: readonly number[]): boolean {
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) >= LOG_FACTOR * low;
}
