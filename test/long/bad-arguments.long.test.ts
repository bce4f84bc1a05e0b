/** Every argument of every public function, with every value that it may not have. */
import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import type { BackendName } from '../../src/backend/choose.js';
import * as api from '../../src/index.js';
import { Dataset, RandomState, type TrainingHistory, TwoLayerNet, trainingState } from '../../src/index.js';
import { describeOnBackends } from '../support/backends.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { OWN, optionObjects } from './bad-arguments/catalogue.js';
import { FURTHER } from './bad-arguments/further-subjects.js';
import { SUBJECTS as FIRST, type Subject, type Things } from './bad-arguments/subjects.js';

const SUBJECTS = [...FIRST, ...FURTHER];
const folder = sharedFolder();

function newThings(backend: BackendName, history: TrainingHistory): Things {
  const random = new RandomState(1);
  const X = new Float32Array([1, 2, 3, 4, -1, -2, -3, -4]);
  const y = [0, 2];
  const net = new TwoLayerNet({
    inputSize: 4,
    hiddenSize: 5,
    numClasses: 3,
    std: 0.5,
    random,
    backend,
    dtype: 'float64',
  });
  const dataset = new Dataset({ train: { X, y }, inputSize: 4 });
  return {
    backend,
    net,
    random,
    X,
    y,
    history,
    state: trainingState(net, history),
    dataset,
    folder,
  } as unknown as Things;
}

/** Everything that a refused call must leave as it is. */
function contentOf({ net, random, X, y, state, history, dataset }: Things): unknown {
  const { params, slots, mean, classNames, imageShape, best } = net;
  const all = { params, slots, mean, classNames, imageShape, best, X, y, state, history, rows: dataset.train.X.data };
  return structuredClone({ ...all, random: random.getState(), files: readdirSync(folder) });
}

/** One call: what is bad in it, its arguments, and what the message has to name. */
interface Case {
  readonly what: string;
  readonly args: (things: Things) => readonly unknown[];
  readonly named: RegExp;
}

function casesOf({ parameters, options = {}, optionsCalled, given = () => ({}) }: Subject): Case[] {
  const entries = Object.entries(parameters);
  const good = (things: Things) => entries.map(([, { good }]) => good(things));
  const cases = entries.flatMap(([name, { bad, required, called }], i): Case[] =>
    [...bad, ...(required ? [['undefined', () => undefined] as const] : [])].map(([what, make]) => ({
      what: `${name}: ${what}`,
      args: (things) => [...good(things).with(i, make()), ...(i < entries.length ? [given(things)] : [])],
      named: called ?? new RegExp(`\\b${name}\\b`),
    })),
  );
  if (Object.keys(options).length === 0)
    return cases.map((one) => ({ ...one, args: (t) => one.args(t).slice(0, entries.length) }));
  const notOptions = optionObjects.map(
    ([what, make]): Case => ({
      what: `options: ${what}`,
      args: (things) => [...good(things), make()],
      // Where labels may come second, options of another kind are read as such, of rows.
      named: optionsCalled ?? /options|\bX\b/,
    }),
  );
  const badOptions = Object.entries(options).flatMap(([name, bad]) =>
    bad.map(
      ([what, make]): Case => ({
        what: `options.${name}: ${what}`,
        args: (things) => [...good(things), Object.freeze({ ...given(things), [name]: make() })],
        named: new RegExp(`\\b${name}\\b`),
      }),
    ),
  );
  const getters = Object.keys(options).map(
    (name): Case => ({
      what: `options.${name}: a property that throws`,
      args: (things) => [
        ...good(things),
        Object.defineProperty({ ...given(things) }, name, {
          enumerable: true,
          get() {
            throw OWN;
          },
        }),
      ],
      named: /own/,
    }),
  );
  return [...cases, ...notOptions, ...badOptions, ...getters];
}

/** What is wrong with how a call is refused; undefined if nothing is. */
async function faultOf(subject: Subject, { args, named }: Case, things: Things): Promise<string | undefined> {
  const before = contentOf(things);
  let thrown: unknown;
  try {
    await subject.call(things, args(things));
    return 'it is accepted';
  } catch (error) {
    thrown = error;
  }
  if (!isDeepStrictEqual(contentOf(things), before)) return 'something was changed';
  if (thrown === OWN) return undefined;
  const { code, message } = thrown as { code?: string; message: string };
  if (!/^ERR_[A-Z0-9_]+$/.test(code ?? ''))
    return `no code: ${(thrown as Error).stack?.split('\n').slice(0, 3).join(' ')}`;
  return named.test(message) ? undefined : `the argument is not named: ${message}`;
}

describeOnBackends('bad arguments are refused', (backend) => {
  const history = new TwoLayerNet({ inputSize: 4, hiddenSize: 5, numClasses: 3, backend }).trainSync(
    new Float32Array(8),
    [0, 1],
    null,
    null,
    { numIters: 1 },
  );
  it.each(SUBJECTS)('by $name', async (subject) => {
    const faults: string[] = [];
    for (const one of casesOf(subject)) {
      const fault = await faultOf(subject, one, newThings(backend, history));
      if (fault) faults.push(`${one.what} → ${fault}`);
    }
    expect(faults).toStrictEqual([]);
  });
});

it('are at least 600 kinds', () => {
  expect(SUBJECTS.flatMap(casesOf).length).toBeGreaterThan(600);
});

/** Errors, which the package makes. */
const OTHERS = ['DivergedError', 'FitAbortedError', 'SweepAbortedError', 'TrainingAbortedError'];

it('are tried on all that the package exports', () => {
  const tried = new Set(SUBJECTS.map(({ name }) => name.split(/[.#]/)[0]));
  const missing = Object.keys(api).filter((name) => !tried.has(name) && !OTHERS.includes(name));
  expect(missing, 'Give a new export a subject in test/long/bad-arguments/.').toStrictEqual([]);
});
