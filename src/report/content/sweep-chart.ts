/** What a search's chart shows. */

import { isRange, labelOf, type ResolvedChoices, type TrialSettingName, variedSettings } from '../../tune/settings.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import { largest, smallest } from '../../validation/long-lists.js';
import type { AnyValue } from '../../validation/setting.js';
import type { SweepAxis, SweepChart } from './chart-data.js';
import { settingText } from './numbers.js';

/** A list of values gets a logarithmic axis if its largest value is at least this many times its smallest. */
const LOG_FACTOR = 10;

/** The settings that a search varied, or the learning rate if it varied none, so that there is an axis. */
export function axesOf({ search }: Pick<SweepResults, 'search'>): TrialSettingName[] {
  const varied = variedSettings(search.space);
  return varied.length > 0 ? varied : ['learningRate'];
}

/** The chart of a search: an axis for each setting that it varied, and a point for each combination. */
export function sweepChart({
  search,
  ranking,
  validationRows,
}: Pick<SweepResults, 'search' | 'ranking' | 'validationRows'>): SweepChart {
  const names = axesOf({ search });
  const axes = names.map((name) => axisOf(labelOf(name), search.space[name]));
  const points = ranking.map(({ settings, valAccuracy, numIters }) => ({
    values: names.map((name, i) => valueOn(axes[i], settings[name])),
    accuracy: valAccuracy?.mean ?? null,
    deviation: valAccuracy?.deviation ?? 0,
    numIters,
  }));
  return { kind: 'sweep', axes, points, ...(validationRows !== undefined && { validationRows }) };
}

function axisOf(name: string, choices: ResolvedChoices): SweepAxis {
  if (isRange(choices)) return { name, log: choices.scale === 'log', range: [choices.low, choices.high] };
  if (choices.every((value) => typeof value === 'number')) {
    const tried = choices.toSorted((a, b) => a - b);
    const [zero, above] = [choices.filter((value) => value === 0), choices.filter((value) => value > 0)];
    // A logarithmic axis has no place for 0, and on a linear one small values would be at one place with it.
    const apart = zero.length > 0 && above.length === choices.length - zero.length && spansFactors(above);
    if (apart) return { name, log: false, words: tried.map(settingText) };
    return { name, log: spansFactors(choices), tried };
  }
  return { name, log: false, words: choices.map(String) };
}

/** A number as it is; a word or a truth value as its place among the words of the axis. */
function valueOn({ words }: SweepAxis, value: AnyValue): number {
  return words ? words.indexOf(settingText(value)) : Number(value);
}

function spansFactors(values: readonly number[]): boolean {
  const low = smallest(values);
  return low > 0 && largest(values) >= LOG_FACTOR * low;
}
