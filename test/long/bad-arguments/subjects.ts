/** What is called with bad arguments: each function, with good arguments and the kinds of bad values for each. */

import type { BackendName } from '../../../src/backend/choose.js';
import * as api from '../../../src/index.js';
import { NET_OPTIONS } from '../../../src/net/options.js';
import { TRAIN_OPTIONS } from '../../../src/training/options.js';
import { SETTINGS, type SettingName } from '../../../src/training/settings.js';
import {
  type Bad,
  classNames,
  flags,
  functions,
  labels,
  means,
  numbers,
  objects,
  oddExcept,
  optionObjects,
  paths,
  rows,
  settingValues,
  signals,
  words,
} from './catalogue.js';

/** What calls are made on; nothing of it may be changed by a call that is refused. */
export interface Things {
  readonly backend: BackendName;
  readonly net: api.TwoLayerNet;
  readonly random: api.RandomState;
  readonly X: Float32Array;
  readonly y: readonly number[];
  readonly history: api.TrainingHistory;
  readonly state: api.TrainingState;
  readonly classifier: api.Classifier;
  readonly dataset: api.Dataset;
  /** An empty folder. */
  readonly folder: string;
}

/** A parameter or an option. */
export interface Parameter {
  readonly good: (things: Things) => unknown;
  readonly bad: readonly Bad[];
  /** Whether `undefined` is refused as well. */
  readonly required?: boolean;
  /** What the message calls it, where that is not its name. */
  readonly called?: RegExp;
}

export interface Subject {
  /** As in the API: `Class.static`, `Class#method`. */
  readonly name: string;
  readonly call: (things: Things, args: readonly unknown[]) => unknown;
  /** In the order of the arguments. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Options in the last argument. */
  readonly options?: Readonly<Record<string, readonly Bad[]>>;
  /** What the message calls the options as a whole. */
  readonly optionsCalled?: RegExp;
  /** Options that the call needs. */
  readonly given?: (things: Things) => object;
}

const X: Parameter = { good: ({ X }) => X, bad: rows, required: true };
const y: Parameter = { good: ({ y }) => y, bad: labels, required: true };
const streams: readonly Bad[] = oddExcept();
const parameters: readonly Bad[] = [...oddExcept('object'), ['numbers', () => ({ W1: 1, b1: 1, W2: 1, b2: 1 })]];

/** The bad values of options that are settings, and of the others as given. */
export function optionsOf(names: readonly string[], others: Readonly<Record<string, readonly Bad[]>>) {
  return Object.fromEntries(
    names.map((name) => [name, others[name] ?? (name in SETTINGS ? settingValues(name as SettingName) : undefined)]),
  ) as Record<string, readonly Bad[]>;
}

const compute = { backend: words, products: words, threads: settingValues('threads'), random: streams };
const predictionOptions = { mean: means, classNames, imageShape: objects };
const schedules = words.filter(([what]) => what !== 'a function');
const trainOptions = optionsOf(TRAIN_OPTIONS, {
  sampleWeights: oddExcept(),
  random: streams,
  verbose: flags,
  onProgress: functions,
  onEpochEnd: functions,
  callbacks: oddExcept('array'),
  signal: signals,
  resume: oddExcept('string'),
  checkpoint: oddExcept('object'),
  finalAccuracies: flags,
  schedule: schedules,
  classWeights: words.filter(([what]) => !/^an object( without a prototype)?$/.test(what)),
});
const sizes = ({ backend, random }: Things) => ({ inputSize: 4, hiddenSize: 5, numClasses: 3, backend, random });
const netOptions = optionsOf(NET_OPTIONS, { ...compute, ...predictionOptions, params: parameters });
const net: Parameter = { good: (things) => things.net, bad: oddExcept(), required: true };

/** The methods of a net and of what it prepares, which take rows alone, or rows and a further argument. */
function predictions(): Subject[] {
  const names = ['scores', 'predict', 'probabilities'] as const;
  return names.flatMap((name): Subject[] => [
    { name: `TwoLayerNet#${name}`, call: ({ net }, [X]) => net[name](X as never), parameters: { X } },
    {
      name: `TwoLayerNet#${name}Async`,
      call: ({ net }, args) => net[`${name}Async`](...(args as [never])),
      parameters: { X },
      options: { signal: signals },
    },
    {
      name: `Predictor#${name}`,
      call: ({ net }, args) => net.prepare()[name](...(args as [never])),
      parameters: { X },
    },
    {
      name: `Predictor#${name}Async`,
      call: ({ net }, args) => net.prepare()[`${name}Async`](...(args as [never])),
      parameters: { X },
      options: { signal: signals },
    },
  ]);
}

function trainings(): Subject[] {
  return (['train', 'trainSync'] as const).map((name) => ({
    name: `TwoLayerNet#${name}`,
    call: ({ net }, args) => net[name](...(args as [never])),
    parameters: {
      X,
      y,
      Xval: { good: ({ X }) => X, bad: rows.filter(([what]) => what !== 'null') },
      yval: { good: ({ y }) => y, bad: labels },
    },
    options: trainOptions,
    given: () => ({ numIters: 2 }),
  }));
}

const nets: readonly Subject[] = [
  {
    name: 'TwoLayerNet',
    call: (_, [options]) => new api.TwoLayerNet(options as never),
    parameters: {},
    options: netOptions,
    given: sizes,
  },
  {
    name: 'TwoLayerNet.create',
    call: (_, [options]) => api.TwoLayerNet.create(options as never),
    parameters: {},
    options: netOptions,
    given: sizes,
  },
  {
    name: 'TwoLayerNet.fromParams',
    call: (_, args) => api.TwoLayerNet.fromParams(...(args as [never])),
    parameters: { params: { good: ({ net }) => net.params, bad: parameters, required: true } },
    options: { ...compute, ...predictionOptions },
  },
  {
    name: 'TwoLayerNet.fromModel',
    call: (_, args) => api.TwoLayerNet.fromModel(...(args as [never])),
    parameters: { model: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /model|params/ } },
    options: compute,
  },
  {
    name: 'TwoLayerNet#loss',
    call: ({ net }, args) => net.loss(...(args as [never, never])),
    parameters: { X, y },
    options: { reg: settingValues('reg') },
  },
  ...predictions(),
  ...trainings(),
  {
    name: 'gradientCheck',
    call: (_, args) => api.gradientCheck(...(args as [never, never, never])),
    parameters: { net, X, y },
    options: {
      reg: settingValues('reg'),
      step: numbers({ min: 0, exclusiveMin: true }),
      samples: numbers({ integer: true, min: 1 }),
    },
  },
  {
    name: 'evaluate',
    call: (_, args) => api.evaluate(...(args as [never, never, never])),
    parameters: { net, X, y },
  },
  {
    name: 'evaluateAsync',
    call: (_, args) => api.evaluateAsync(...(args as [never, never, never])),
    parameters: { net, X, y },
    options: { signal: signals },
  },
  {
    name: 'restoreTraining',
    call: (_, args) => api.restoreTraining(...(args as [never])),
    parameters: { state: { good: ({ state }) => state, bad: oddExcept(), required: true, called: /state|params/ } },
    options: { backend: words, products: words, threads: settingValues('threads') },
  },
  {
    name: 'trainingState',
    call: (_, args) => api.trainingState(...(args as [never, never])),
    parameters: { net, history: { good: ({ history }) => history, bad: oddExcept(), required: true } },
  },
  {
    name: 'backendInfo',
    call: (_, args) => api.backendInfo(...(args as [never])),
    parameters: { backend: { good: ({ backend }) => backend, bad: words } },
  },
];

const uint32 = { integer: true, min: 0, max: 2 ** 32 - 1 };
const int32 = { integer: true, min: 0, max: 2 ** 31 - 1 };
const size: Parameter = { good: () => 3, bad: numbers(int32) };

/** A method of a stream. */
function draws(name: string, parameters: Subject['parameters']): Subject {
  type Draw = (...args: readonly unknown[]) => unknown;
  return {
    name: `RandomState#${name}`,
    call: ({ random }, args) => (random as unknown as Record<string, Draw>)[name](...args),
    parameters,
  };
}

const bound: Parameter = { good: () => 5, bad: numbers(), required: true, called: /bound/ };
const streamsAndRows: readonly Subject[] = [
  {
    name: 'RandomState',
    call: (_, [seed]) => new api.RandomState(seed as never),
    parameters: {
      seed: { good: () => 1, bad: numbers(uint32).filter(([what]) => what !== 'an array of another realm') },
    },
  },
  draws('randn', { size }),
  draws('randomSample', { size }),
  draws('uniform', { low: bound, high: bound, size }),
  draws('randint', {
    low: { ...bound, good: () => 1, bad: numbers({ integer: true }) },
    high: { ...bound, bad: numbers({ integer: true }) },
    size,
  }),
  draws('choice', { n: { good: () => 3, bad: numbers({ ...int32, min: 1 }), required: true, called: /choose/ }, size }),
  draws('permutation', {
    n: {
      good: () => 3,
      bad: numbers(int32).filter(([what]) => !/array/.test(what)),
      required: true,
      called: /permute/,
    },
  }),
  draws('shuffle', { array: { good: () => [1, 2], bad: oddExcept('array', 'typed'), required: true } }),
  draws('setState', {
    state: { good: ({ random }) => random.getState(), bad: oddExcept(), required: true, called: /state|key/ },
  }),
  {
    name: 'Matrix',
    call: (_, args) => new api.Matrix(...(args as [never, never])),
    parameters: {
      data: { good: ({ X }) => X, bad: oddExcept(), required: true },
      columns: { good: () => 4, bad: numbers({ integer: true, min: 1 }), required: true },
    },
    options: { mean: means },
  },
  {
    name: 'Matrix.open',
    call: (_, args) => api.Matrix.open(...(args as [never])),
    parameters: { path: { good: () => 'none.npy', bad: paths, required: true } },
    options: { backend: words },
  },
  {
    name: 'Matrix#slice',
    call: ({ dataset }, args) => dataset.train.X.slice(...(args as [never])),
    parameters: {
      from: { good: () => 0, bad: numbers({ integer: true, min: 0, max: 1 }), required: true, called: /first row/ },
      to: { good: () => 1, bad: numbers({ integer: true, min: 1, max: 2 }), called: /end/ },
    },
  },
  {
    name: 'Matrix#withMean',
    call: ({ dataset }, args) => dataset.train.X.withMean(...(args as [never])),
    parameters: { mean: { good: () => new Float64Array(4), bad: means } },
  },
  {
    name: 'Dataset',
    call: (_, args) => new api.Dataset(...(args as [never])),
    parameters: {
      data: {
        good: ({ X, y }) => ({ train: { X, y }, inputSize: 4 }),
        bad: oddExcept(),
        required: true,
        called: /data|train/,
      },
    },
  },
  {
    name: 'Dataset.from',
    call: (_, args) => api.Dataset.from(...(args as [never])),
    parameters: {
      data: { good: ({ X, y }) => ({ train: { X, y } }), bad: oddExcept(), required: true, called: /data|train/ },
      inputSize: { good: () => 4, bad: numbers({ integer: true, min: 1 }) },
    },
  },
  {
    name: 'Dataset#split',
    call: ({ dataset }, args) => dataset.split(...(args as [never])),
    parameters: { sizes: { good: () => ({ test: 1 }), bad: optionObjects, required: true, called: /sizes/ } },
    options: { random: streams, stratify: flags },
  },
  {
    name: 'Dataset#part',
    call: ({ dataset }, args) => dataset.part(...(args as [never])),
    parameters: { name: { good: () => 'train', bad: words, required: true, called: /part|rows/ } },
  },
  {
    name: 'fingerprint',
    call: (_, args) => api.fingerprint(...(args as [never])),
    parameters: { data: { good: ({ dataset }) => dataset, bad: oddExcept(), required: true, called: /data|train/ } },
  },
];

export const SUBJECTS: readonly Subject[] = [...nets, ...streamsAndRows];
