/** Further functions that are called with bad arguments: what searches, reads, writes and draws pictures. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSIFIER_OPTIONS } from '../../../src/classifier/options.js';
import * as api from '../../../src/index.js';
import { SWEEP_OPTIONS } from '../../../src/tune/sweep.js';
import {
  type Bad,
  classNames,
  flags,
  functions,
  numbers,
  oddExcept,
  paths,
  rows,
  settingValues,
  signals,
  words,
} from './catalogue.js';
import { optionsOf, type Parameter, type Subject, type Things } from './subjects.js';

const data: Parameter = {
  good: ({ X, y }) => ({ train: { X, y }, validation: { X, y }, inputSize: 4, numClasses: 3 }),
  bad: oddExcept(),
  required: true,
  called: /data|train|X/,
};
const streams: readonly Bad[] = oddExcept();
const schedules = words.filter(([what]) => what !== 'a function');
/** Lists and objects of weights are checked with the classes. */
const classWeights = words.filter(([what]) => !/array|^an object( without a prototype)?$/.test(what));
const count = numbers({ integer: true, min: 1 });
const share = numbers({ min: 0 });

const fitting = optionsOf(CLASSIFIER_OPTIONS, {
  validation: share,
  standardize: flags,
  inputSize: count,
  classes: oddExcept(),
  seed: numbers({ integer: true, min: 0, max: 2 ** 32 - 1 }),
  random: streams,
  backend: words,
  signal: signals,
  schedule: schedules,
  classWeights,
  sampleWeights: oddExcept(),
  onProgress: functions,
  onEpochEnd: functions,
  callbacks: oddExcept('array'),
  checkpoint: oddExcept('object'),
  resume: oddExcept('string'),
});
const without = <T>(options: Readonly<Record<string, T>>, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));

const searching = optionsOf(SWEEP_OPTIONS, {
  space: oddExcept('object'),
  search: words,
  trials: count,
  seed: numbers({ integer: true, min: 0, max: 2 ** 32 - 1 }),
  minIters: count,
  eta: numbers({ integer: true, min: 2 }),
  seeds: count,
  backend: words,
  threads: settingValues('threads'),
  earlier: oddExcept('array'),
  checkpoint: oddExcept('object'),
  onResult: functions,
  onProgress: functions,
  signal: signals,
});

type Call = (...args: readonly unknown[]) => unknown;

const EXPORTS: Readonly<Record<string, unknown>> = { ...api };

/** A function of the package. */
function called(name: keyof typeof api, rest: Omit<Subject, 'name' | 'call'>): Subject {
  return { name, call: (_, args) => (EXPORTS[name] as Call)(...args), ...rest };
}

const file: Parameter = {
  good: ({ folder }) => join(folder, 'none'),
  bad: paths,
  required: true,
  called: /path|file|folder|name/,
};
const picture = { width: count, height: count, title: oddExcept('string'), dark: flags };

/** Called on a classifier that is made of a net, as loading one does. */
const classifier = ({ net, backend }: Things) =>
  api.Classifier.fromModel(
    { params: net.params, inputSize: 4, hiddenSize: 5, numClasses: 3, dtype: 'float64' } as never,
    {
      backend,
    },
  );

/** For a report. */
const reports: readonly Bad[] = [
  ...oddExcept(),
  ['one without a title', () => ({ format: 'two-layer-net report', version: 1, status: 'done' })],
  ['one of another version', () => ({ format: 'two-layer-net report', version: 2, title: '', status: 'done' })],
];

/** Rows, as a classifier takes them. */
const rowsOnly: Parameter = { good: ({ X }) => X, bad: rows, required: true, called: /\bX\b|rows/ };

/** The methods of a classifier, and what is made of one. */
const classifiers: readonly Subject[] = [
  ...(['predict', 'probabilities', 'top'] as const).map(
    (name): Subject => ({
      name: `Classifier#${name}`,
      call: (things, args) => (classifier(things)[name] as Call).apply(classifier(things), args as unknown[]),
      parameters: { X: rowsOnly },
    }),
  ),
  {
    name: 'Classifier#save',
    call: (things, args) => classifier(things).save(...(args as [never])),
    parameters: { file },
  },
  {
    name: 'Classifier.fromModel',
    call: (_, args) => (api.Classifier.fromModel as unknown as Call)(...args),
    parameters: {
      model: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /model|params|inputSize/ },
    },
    options: { backend: words, products: words, threads: settingValues('threads') },
  },
  {
    name: 'Classifier#evaluate',
    call: (things, args) => classifier(things).evaluate(...(args as [never])),
    parameters: { data: { good: ({ X, y }) => ({ X, y }), bad: oddExcept(), required: true, called: /data|X|part|y/ } },
  },
];

/** What fetches, and what writes pictures. */
const files: readonly Subject[] = [
  called('downloadDataset', {
    parameters: { name: { good: () => 'none', bad: words, required: true, called: /name|data set/ } },
  }),
  {
    name: 'Picture#save',
    call: ({ history }, args) => api.plotHistory(history).save(...(args as [never])),
    parameters: { file },
  },
];

export const FURTHER: readonly Subject[] = [
  called('sweep', { parameters: { data }, options: searching, given: ({ backend }) => ({ backend, numIters: 2 }) }),
  called('crossValidate', {
    parameters: { data },
    options: {
      ...without(fitting, 'random', 'callbacks', 'onProgress', 'onEpochEnd'),
      folds: numbers({ integer: true, min: 2 }),
    },
    given: ({ backend }) => ({ backend, folds: 2 }),
  }),
  {
    name: 'Classifier.fit',
    call: (_, args) => (api.Classifier.fit as Call)(...args),
    parameters: { data },
    options: fitting,
    given: ({ backend }) => ({ backend, epochs: 1 }),
  },
  called('loadModel', { parameters: { file } }),
  called('loadCheckpoint', { parameters: { file } }),
  called('loadDataset', { parameters: { file } }),
  called('loadRows', { parameters: { file } }),
  called('loadCifar10', { parameters: { file }, options: { fullTest: flags } }),
  called('readCifarRecords', { parameters: { file } }),
  called('saveModel', {
    parameters: {
      file: { ...file, good: ({ folder }) => join(folder, 'model.json') },
      net: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /net|model|params/ },
    },
  }),
  called('modelBytes', {
    parameters: { net: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /net|model|params/ } },
  }),
  called('saveDataset', { parameters: { file: { ...file, good: ({ folder }) => join(folder, 'data.npz') }, data } }),
  called('describeDataset', { parameters: { data } }),
  called('historyLog', { parameters: { file } }),
  called('tensorboard', {
    parameters: { file: { ...file, good: ({ folder }) => join(folder, 'runs') } },
    options: { net: oddExcept('function'), imageShape: oddExcept() },
    given: ({ net }) => ({ net, imageShape: { height: 2, width: 2, channels: 1 } }),
  }),
  called('syntheticCifar10', {
    parameters: {},
    options: { seed: numbers({ integer: true, min: 0, max: 2 ** 32 - 1 }), fullTest: flags },
  }),
  called('writeSyntheticCifar10', {
    parameters: { file },
    options: { seed: numbers({ integer: true, min: 0, max: 2 ** 32 - 1 }) },
  }),
  called('datasetFromRecords', {
    parameters: { records: { good: () => [{ a: 1, b: 'x' }], bad: oddExcept(), required: true } },
  }),
  called('encodeRows', {
    parameters: {
      columns: { good: () => [{ name: 'a', type: 'number' }], bad: oddExcept(), required: true },
      rows: { good: () => [], bad: oddExcept(), required: true, called: /rows|row 0/ },
    },
  }),
  called('plotWeights', {
    parameters: { net: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /net|W1|weights/ } },
  }),
  called('plotArchitecture', {
    parameters: { net: { good: ({ net }) => net, bad: oddExcept(), required: true, called: /net|inputSize/ } },
    options: { ...picture, units: count, classNames },
  }),
  called('plotHistory', {
    parameters: { history: { good: ({ history }) => history, bad: oddExcept(), required: true, called: /history/i } },
    options: picture,
  }),
  called('plotConfusion', {
    parameters: {
      evaluation: {
        good: () => ({
          confusion: [
            [1, 0],
            [0, 1],
          ],
        }),
        bad: oddExcept(),
        required: true,
        called: /evaluation|confusion/,
      },
    },
    options: picture,
  }),
  called('plotPictures', { parameters: { data } }),
  called('sweepClassifier', {
    parameters: { data },
    options: { ...searching, validation: share, standardize: flags, inputSize: count },
    given: ({ backend }) => ({ backend, numIters: 2 }),
  }),
  called('diagnose', {
    parameters: {},
    options: { selfTest: flags, speed: flags, onStep: functions },
    given: () => ({ selfTest: false, speed: false }),
  }),
  called('makeReport', {
    parameters: {},
    options: {
      title: oddExcept('string'),
      status: words,
      created: [...oddExcept().filter(([what]) => what !== 'a date'), ['no date', () => new Date(Number.NaN)]],
      settings: oddExcept('object'),
      backend: oddExcept(),
      data: oddExcept('object'),
      net: oddExcept(),
      history: oddExcept(),
      numIters: numbers({ integer: true, min: 0 }),
      search: oddExcept(),
    },
    optionsCalled: /report/i,
    given: ({ backend }) => ({ backend: api.backendInfo(backend) }),
  }),
  called('writeReport', {
    parameters: {
      file: { ...file, good: ({ folder }) => folder },
      report: { good: () => undefined, bad: reports, required: true },
    },
  }),
  {
    name: 'LiveReport.start',
    call: async (_, args) => {
      const live = await (api.LiveReport.start as unknown as Call)(...args);
      await (live as api.LiveReport).close();
    },
    parameters: {
      report: { good: ({ backend }) => api.makeReport({ backend: api.backendInfo(backend) }), bad: reports },
    },
    options: { port: numbers({ integer: true, min: 0, max: 65_535 }), onStop: functions },
    given: () => ({ onStop: () => {} }),
  },
  called('plotSweep', {
    parameters: {
      results: { good: () => undefined, bad: oddExcept(), required: true, called: /results|search|ranking/ },
    },
  }),
  {
    name: 'ResultsFile.create',
    call: (_, args) => (api.ResultsFile.create as unknown as Call)(...args),
    parameters: { file },
    options: { search: oddExcept('object'), data: oddExcept('string'), backend: oddExcept('string') },
    optionsCalled: /header/,
    given: () => ({ search: {}, data: 'a hash', backend: 'js' }),
  },
  {
    name: 'ResultsFile#add',
    call: async ({ folder }, args) => {
      const path = join(folder, 'results.jsonl');
      const opened = await api.ResultsFile.create(path, { search: {} as never, data: 'a hash', backend: 'js' });
      try {
        await opened.add(...(args as [never]));
      } finally {
        await opened.close();
        rmSync(path);
      }
    },
    parameters: {
      result: {
        good: () => undefined,
        bad: [...oddExcept(), ['what is none', () => ({ id: 'x' })]],
        required: true,
      },
    },
  },
  {
    name: 'ResultsFile.resume',
    call: (_, args) => (api.ResultsFile.resume as unknown as Call)(...args),
    parameters: { file },
  },
  {
    name: 'Classifier.load',
    call: (_, args) => (api.Classifier.load as unknown as Call)(...args),
    parameters: { file },
  },
  ...classifiers,
  ...files,
];
