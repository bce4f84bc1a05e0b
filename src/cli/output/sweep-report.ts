/** The results of a search as text. */
import { pythonExponential } from '../../article/python-format.js';
import type { BackendInfo } from '../../backend/choose.js';
import { settingText } from '../../report/content/numbers.js';
import { backendWords } from '../../report/document/backend-words.js';
import { idleInAll } from '../../tune/idle-settings.js';
import { bestOf, type RankedSettings, type Spread } from '../../tune/ranking.js';
import type { Search } from '../../tune/search.js';
import {
  isRange,
  type ResolvedChoices,
  shortName,
  TRIAL_SETTINGS,
  type TrialSettingName,
  type TrialSettings,
  variedSettings,
} from '../../tune/settings.js';
import type { SweepResults } from '../../tune/sweep-results.js';
import type { TrialResult } from '../../tune/trial.js';
import { largest } from '../../validation/long-lists.js';
import type { AnyValue } from '../../validation/setting.js';
import { dataWords } from '../options/load-data.js';
import { flagName } from '../options/settings.js';
import type { SearchSubject } from '../searching/subject.js';
import { columns, formatRatio } from './format.js';

/** The settings that the article varies. */
const ARTICLE_SETTINGS: readonly TrialSettingName[] = ['learningRate', 'reg'];

/** What {@link sweepLines} prints. */
export interface SweepSummary {
  readonly results: SweepResults;
  /** Test accuracy of the best net; undefined if it was not evaluated. */
  readonly testAccuracy: number | undefined;
  readonly info: BackendInfo;
  readonly subject: SearchSubject;
  readonly interrupted: boolean;
}

/**
 * Each combination once, in the article's lines if the search is of its kind and otherwise as a table, best first; then
 * the best accuracies.
 */
export function sweepLines({ results, testAccuracy, info, subject, interrupted }: SweepSummary): string[] {
  const { ranking, search, seconds } = results;
  const best = bestOf(ranking);
  if (ranking.length === 0) return ['no trial finished'];
  const asArticle = subject.article && isOfArticle(search);
  // In a halving search, trials that were dropped early may have had a higher accuracy at that time.
  const lasting = search.search === 'halving' ? ' (of the trials that were not dropped)' : '';
  return [
    ...(asArticle ? [...ranking].sort(inOrder).map(articleLine) : rankingTable(ranking, search)),
    ...(best ? [`best validation accuracy: ${python(best.valAccuracy)}${lasting}`] : []),
    '',
    ...columns([
      ['best settings', best ? settingWords(best.settings, best.seed, search) : 'none: every trial diverged'],
      [
        'test accuracy',
        testAccuracy === undefined
          ? interrupted
            ? 'not evaluated before the search ends'
            : '-'
          : formatRatio(testAccuracy),
      ],
      ['seconds', seconds.toFixed(2)],
      ['backend', backendWords(info)],
      ['data', dataWords(subject.data)],
    ]),
  ];
}

/** Whether the article's lines say all of a search: every combination of learning rate and strength, each once. */
function isOfArticle({ search, seeds, space }: Search): boolean {
  return search === 'grid' && seeds === 1 && variedSettings(space).every((name) => ARTICLE_SETTINGS.includes(name));
}

/** The order in which Python sorts the article's tuples: by learning rate, then by regularization strength. */
function inOrder(a: RankedSettings, b: RankedSettings): number {
  return TRIAL_SETTINGS.reduce((order, name) => order || compareValues(a.settings[name], b.settings[name]), 0);
}

function compareValues(a: AnyValue, b: AnyValue): number {
  return Number(a > b) - Number(a < b);
}

/** `lr 1.000000e-03 reg 4.000000e-01 train accuracy: 0.523000 val accuracy: 0.498000`. */
function articleLine({ settings, trainAccuracy, valAccuracy, diverged }: RankedSettings): string {
  return (
    `lr ${pythonExponential(settings.learningRate, 6)} reg ${pythonExponential(settings.reg, 6)} ` +
    `train accuracy: ${python(trainAccuracy?.mean)} val accuracy: ${python(valAccuracy?.mean)}` +
    `${diverged > 0 ? ' (diverged)' : ''}`
  );
}

/** Python's `%f`; `nan` for a missing value, as in NumPy. */
function python(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toFixed(6) : 'nan';
}

/** The combinations as a table, best first. */
export function rankingTable(ranking: readonly RankedSettings[], search: Search): string[] {
  const varied = variedSettings(search.space);
  const rounds = new Set(ranking.map(({ numIters }) => numIters)).size > 1;
  const seeds = search.seeds > 1;
  const heads = [
    'rank',
    ...varied.map(shortName),
    ...(rounds ? ['iterations'] : []),
    ...(seeds ? ['seeds'] : []),
    'validation',
    'training',
  ];
  const rows = ranking.map(({ settings, numIters, valAccuracy, trainAccuracy, diverged, results }, i) => [
    String(i + 1),
    ...varied.map((name) => String(settings[name])),
    ...(rounds ? [String(numIters)] : []),
    ...(seeds ? [`${results.length}${diverged > 0 ? ` (${diverged} diverged)` : ''}`] : []),
    valAccuracy ? spreadWords(valAccuracy) : 'diverged',
    trainAccuracy ? spreadWords(trainAccuracy) : '-',
  ]);
  const widths = heads.map((head, column) => largest([head.length, ...rows.map((row) => row[column].length)]));
  return [heads, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

function spreadWords({ mean, deviation }: Spread): string {
  return deviation > 0 ? `${formatRatio(mean)} ± ${formatRatio(deviation)}` : formatRatio(mean);
}

/** The settings that a search varied, and the seed if there are several. */
export function settingWords(settings: TrialSettings, seed: number, search: Search): string {
  const varied = variedSettings(search.space);
  const shown = varied.length > 0 ? varied : (['learningRate'] as const);
  const words = shown.map((name) => `${shortName(name)} ${settings[name]}`);
  return [...words, ...(search.seeds > 1 ? [`seed ${seed}`] : [])].join(', ');
}

/** A search's settings for its report. */
export function settingsWords(search: Search): Record<string, string | number> {
  const { space, trials, ...rest } = search;
  const idle: readonly string[] = idleInAll(space);
  const choices = TRIAL_SETTINGS.filter((name) => !idle.includes(name)).map((name) => {
    const tried: ResolvedChoices = space[name];
    if (!isRange(tried)) return [name, tried.map(settingText).join(', ')] as const;
    return [
      name,
      `${settingText(tried.low)} to ${settingText(tried.high)}${tried.scale === 'log' ? ' (log scale)' : ''}`,
    ] as const;
  });
  const { eta, minIters, ...always } = rest;
  const halving = search.search === 'halving' ? { eta, minIters } : {};
  return { ...Object.fromEntries(choices), ...always, ...(trials === undefined ? {} : { trials }), ...halving };
}

/**
 * All trials as comma-separated values (RFC 4180), with a header line. Settings that mean nothing in any trial, such as
 * Adam's without Adam, have no column.
 */
export function csvLines({ results, search }: Pick<SweepResults, 'results' | 'search'>): string[] {
  const idle = idleInAll(search.space);
  const columns: Record<string, (result: TrialResult) => AnyValue | null> = { id: ({ id }) => id };
  for (const name of TRIAL_SETTINGS.filter((setting) => !idle.includes(setting))) {
    columns[flagName(name).replaceAll('-', '_')] = ({ settings }) => settings[name];
  }
  columns.seed = ({ seed }) => seed;
  columns.num_iters = ({ numIters }) => numIters;
  columns.iterations = ({ iterations }) => iterations;
  columns.status = ({ status }) => status;
  columns.validation_accuracy = ({ valAccuracy }) => valAccuracy;
  columns.train_accuracy = ({ trainAccuracy }) => trainAccuracy;
  columns.loss = ({ loss }) => loss;
  columns.seconds = ({ seconds }) => seconds;
  const rows = results.map((result) => Object.values(columns).map((cell) => cell(result) ?? ''));
  return [Object.keys(columns), ...rows].map((row) => `${row.join(',')}\r\n`);
}
