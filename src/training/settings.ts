/**
 * The settings of a net and of its training, each declared once. Everything else follows from this table: the types of
 * the options, the checks at run time, the flags and the help of the command line, what a search may vary, the ids of
 * its trials, its file of results, and the numbers that the engine gets.
 *
 * To add a setting: one entry here, its line in native/engine/step/settings.h and its use in train.cpp, its use in
 * src/backend/reference/train.ts, and a test.
 *
 * The comment above an entry is the one that editors show for the option. No module of Node is imported here: the
 * report's page uses the table too.
 */
import { checkSetting, type Setting, type SettingsTable } from '../validation/setting.js';
import { DIVISION } from './settings/division.js';
import { DURATION } from './settings/duration.js';
import { MAX_COUNT } from './settings/max-count.js';
import { REGULARIZATION } from './settings/regularization.js';
import { SCHEDULE } from './settings/schedule.js';
import { UPDATE } from './settings/update.js';
import { WEIGHTING } from './settings/weighting.js';
import { DTYPES, INITS } from './settings/words.js';

export {
  type ClassWeighting,
  DTYPES,
  type Dtype,
  type Init,
  type Monitor,
  type Optimizer,
  type Sampling,
  SCHEDULES,
  type ScheduleKind,
} from './settings/words.js';

/**
 * The table. A search draws its settings in this order, and in a grid the first varies slowest (the article's loops):
 * append new ones after those, or earlier searches would draw other combinations.
 */
export const SETTINGS = {
  /** D, numbers per row. */
  inputSize: { of: 'net', type: 'integer', min: 1, max: MAX_COUNT, required: true, description: 'numbers per row (D)' },
  /** C, classes. */
  numClasses: { of: 'net', type: 'integer', min: 1, max: MAX_COUNT, required: true, description: 'classes (C)' },
  /**
   * Step along the negative gradient; above 0.
   * @defaultValue 1e-3
   */
  learningRate: {
    of: 'training',
    type: 'number',
    min: 0,
    exclusiveMin: true,
    default: 1e-3,
    description: 'step along the negative gradient',
    label: 'learning rate',
    flag: '--learning-rate <number>',
    short: 'lr',
    search: true,
    engine: true,
  },
  /**
   * Regularization strength, in ½·reg·(ΣW1² + ΣW2²).
   * @defaultValue 1e-5
   */
  reg: {
    of: 'training',
    type: 'number',
    min: 0,
    default: 1e-5,
    description: 'regularization strength, in ½·reg·(ΣW1² + ΣW2²)',
    label: 'regularization strength',
    flag: '--reg <number>',
    search: true,
    engine: true,
  },
  /** H, hidden units. */
  hiddenSize: {
    of: 'net',
    type: 'integer',
    min: 1,
    max: MAX_COUNT,
    default: 50,
    required: true,
    description: 'hidden units (H)',
    label: 'hidden units',
    flag: '--hidden <units>',
    short: 'hidden',
    search: true,
  },
  /**
   * Rows per minibatch; may be more than there are rows if they are drawn with replacement.
   * @defaultValue 200
   */
  batchSize: {
    of: 'training',
    type: 'integer',
    min: 1,
    max: MAX_COUNT,
    default: 200,
    description: 'rows per minibatch',
    label: 'batch size',
    flag: '--batch-size <rows>',
    short: 'batch',
    search: true,
    engine: true,
  },
  /**
   * Factor on the learning rate after each epoch of max(⌊N/batchSize⌋, 1) iterations, the first after iteration 0.
   * With few rows an epoch is a few iterations, or one, and the rate soon vanishes: use 1 there.
   * @defaultValue 0.95
   */
  learningRateDecay: {
    of: 'training',
    type: 'number',
    min: 0,
    exclusiveMin: true,
    default: 0.95,
    description: 'factor on the learning rate after each epoch',
    label: 'learning rate decay',
    flag: '--learning-rate-decay <factor>',
    short: 'decay',
    search: true,
    engine: true,
  },
  /**
   * Standard deviation of the initial weights; biases start at 0. The default is the article's, for pixels of 0 … 255;
   * rows of numbers around 1 need more, such as 1 / √D: from weights near 0 they learn nothing for a long time.
   * @defaultValue 1e-4
   */
  std: {
    of: 'net',
    type: 'number',
    min: 0,
    default: 1e-4,
    description: 'standard deviation of the initial weights',
    label: 'initial standard deviation',
    flag: '--std <number>',
    search: true,
  },
  /**
   * How the first weights are drawn. With `'he'` and `'xavier'`, `std` is not used.
   * @defaultValue 'std'
   */
  init: {
    of: 'net',
    type: 'choice',
    choices: INITS,
    default: 'std',
    description: 'how the first weights are drawn',
    label: 'initialization',
    flag: '--init <how>',
    search: true,
  },
  /**
   * Training treats rows as multiplied by this, after the mean is subtracted; above 0. The rows are not changed: W1 is
   * drawn, stepped and regularized as that of the multiplied rows, and takes rows as they are. For pixels of 0 … 255,
   * 1/64 or so makes them numbers around 1.
   * @defaultValue 1
   */
  inputScale: {
    of: 'net',
    type: 'number',
    min: 0,
    exclusiveMin: true,
    default: 1,
    description: 'training treats rows as multiplied by this',
    label: 'input scale',
    flag: '--input-scale <number>',
    search: true,
    engine: true,
  },
  /**
   * The type of parameters and arithmetic.
   * @defaultValue 'float32'
   */
  dtype: {
    of: 'net',
    type: 'choice',
    choices: DTYPES,
    default: 'float32',
    description: 'type of parameters and arithmetic',
    flag: '--dtype <type>',
    search: true,
  },
  ...DURATION,
  /**
   * Threads of the engine at most, 1 … 1024; work too small to share uses fewer. The results are the same to the last
   * bit for any number.
   * @defaultValue one for each processor that this process may use: that its affinity and the quota of its cgroup allow
   */
  threads: {
    of: 'net',
    type: 'integer',
    min: 1,
    max: 1024,
    description: 'most threads to use; results are the same for any number (default: one per usable processor)',
    flag: '--threads <n>',
  },
  /**
   * Milliseconds between calls of `onProgress`; 0 for as many as there is time for, up to one each iteration.
   * @defaultValue 100
   */
  progressInterval: {
    of: 'training',
    type: 'integer',
    min: 0,
    max: 1e9,
    default: 100,
    description: 'milliseconds between progress reports; 0 for every iteration',
  },
  ...UPDATE,
  ...REGULARIZATION,
  ...SCHEDULE,
  ...WEIGHTING,
  ...DIVISION,
} as const satisfies SettingsTable;

type Table = typeof SETTINGS;

/** The name of a setting. */
export type SettingName = keyof Table;

/** The names of the settings whose entries have these properties. */
export type SettingsWith<Properties> = {
  [Name in SettingName]: Table[Name] extends Properties ? Name : never;
}[SettingName];

type ValueIn<Entry> = Entry extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Entry extends { readonly type: 'boolean' }
    ? boolean
    : number;

/** The values of some settings by their names, with the comments of the table. */
export type SettingValues<Name extends SettingName> = { -readonly [N in Name]: ValueIn<Table[N]> };

/** The settings that the backend gets, complete. */
export type EngineSettings = Readonly<SettingValues<SettingsWith<{ engine: true }>>>;

declare module '../../binding-training.js' {
  interface CallSettings extends EngineSettings {}
}

/** The entry of a setting. */
export function entryOf(name: SettingName): Setting {
  return SETTINGS[name];
}

/** The names of the entries of `table` that `wanted` accepts, in the table's order. */
export function settingNames(wanted: (setting: Setting) => boolean, table: SettingsTable = SETTINGS): string[] {
  return Object.keys(table).filter((name) => wanted(table[name]));
}

/** The options of `train` that are settings. */
export const TRAINING_SETTINGS = settingNames(({ of }) => of === 'training') as SettingsWith<{ of: 'training' }>[];

/** The options of a new net that are settings, without `threads`, which every call takes. */
export const NET_SETTINGS = settingNames(({ of }) => of === 'net').filter((name) => name !== 'threads') as Exclude<
  SettingsWith<{ of: 'net' }>,
  'threads'
>[];

/** The settings that the backend gets. */
export const ENGINE_SETTINGS = settingNames(({ engine }) => engine === true) as SettingsWith<{ engine: true }>[];

/**
 * `value` if the setting allows it, or the setting's default if it is undefined.
 *
 * @throws as {@link checkSetting}
 */
export function setting<Name extends SettingName>(name: Name, value: unknown): SettingValues<Name>[Name] {
  return checkSetting(SETTINGS[name], name, value) as SettingValues<Name>[Name];
}

/** Checks the settings named, and puts the defaults in place of those that are undefined or missing. */
export function resolveSettings<Name extends SettingName>(
  names: readonly Name[],
  values: { readonly [N in Name]?: unknown },
): SettingValues<Name> {
  return Object.fromEntries(names.map((name) => [name, setting(name, values[name])])) as SettingValues<Name>;
}

/** What a backend's call carries: the settings given, and the defaults of the others. */
export function engineSettings(values: Partial<EngineSettings>): EngineSettings {
  return resolveSettings(ENGINE_SETTINGS, values);
}

/** The values of some settings alone. */
export function pickSettings<Name extends SettingName>(
  names: readonly Name[],
  values: Readonly<SettingValues<Name>>,
): SettingValues<Name> {
  return Object.fromEntries(names.map((name) => [name, values[name]])) as SettingValues<Name>;
}
