/** Runs the trials of `sweep` on the agents of a queue. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { backendInfo } from '../backend/choose.js';
import { productsWords } from '../report/document/backend-words.js';
import type { TrialExecutor, TrialRunner, TrialWork } from '../tune/executor.js';
import { resultKey } from '../tune/plan.js';
import type { Trial, TrialResult } from '../tune/trial.js';
import { checkOptions } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import { abortError, throwIfAborted } from '../validation/signal.js';
import { atMost, LAST_WORD } from './at-most.js';
import { StudyFollower } from './follow.js';
import { fetchSource } from './load.js';
import type { LostTrial } from './outcomes.js';
import { parseQueueUrl } from './queue-url.js';
import { openQueues, type Queues } from './queues.js';
import { checkStudyName, dataRecord, type Study } from './record.js';
import { canonical } from './same-json.js';
import { type DataSource, isUrl } from './source.js';
import { createStudy, getStudy, resumeStudy, stopStudy } from './studies.js';

/** Options of {@link queue}. */
export interface QueueOptions {
  /**
   * The name of the study that the search becomes. A study of this name that is the same search on the same data is
   * joined: it goes on where it was.
   * @defaultValue `sweep-` and twelve digits, the same for the same search on the same data
   */
  readonly name?: string | undefined;
  /**
   * Where the data are, for agents that are not told: a path that all machines see, absolute or from this process's
   * folder, or an http or https URL. `loadDataset` reads it to the same rows, labels and means, as after
   * `saveDataset`.
   * @defaultValue each agent is told, with `--data`
   */
  readonly data?: string | undefined;
  /**
   * Whether agents may take part whose arithmetic gives other last digits, such as those without AVX-512.
   * @defaultValue false
   */
  readonly mixed?: boolean | undefined;
  /**
   * Megabytes of states that the queue may hold of each round of a halving. Trials whose state is not there are trained
   * from their start, to the same numbers.
   * @defaultValue 512
   */
  readonly states?: number | undefined;
}

/** Megabytes of states by default. */
export const DEFAULT_STATES = 512;

/** Trials that are awaited at a time: all, since the queue holds those that wait. */
const PLACES = 2 ** 20;

/**
 * Runs the trials of a search on a queue: `sweep(data, { executor: queue('redis://…') })`. The search becomes a study,
 * which goes on without this process: its agents, `two-layer-net study agent` on any machine, run the trials. The
 * results are those of the same search on one machine. When the signal of the search ends it, the study is stopped;
 * the same call goes on with it.
 *
 * @param url - `redis://`, `rediss://` or `postgres://`, perhaps with a user and a password
 * @throws TypeError or RangeError for another URL or other options. As rejections of `sweep`: Error `ERR_QUEUE` when
 * the server does not answer, `ERR_MISSING_PEER`, and `ERR_STUDY` when another study has the name, when the study is
 * removed, or when a trial is lost: it ended three agents, or failed three times
 * @example
 * import { sweep } from 'two-layer-net';
 * import { queue } from 'two-layer-net/study';
 * const { best } = await sweep(data, { search: 'random', trials: 1000, executor: queue('redis://queue.local') });
 */
export function queue(url: string, options: QueueOptions = {}): TrialExecutor {
  parseQueueUrl(url);
  const {
    name,
    data,
    mixed = false,
    states = DEFAULT_STATES,
  } = checkOptions(options, 'the options of queue', ['name', 'data', 'mixed', 'states']);
  if (name !== undefined) checkStudyName(name);
  if (data !== undefined && typeof data !== 'string') throw wrongType('a path for data', data);
  if (typeof mixed !== 'boolean') throw wrongType('true or false for mixed', mixed);
  if (typeof states !== 'number' || !(states >= 0)) throw wrongType('a number of megabytes for states', states);
  const given = { mixed, stateBytes: Math.round(states * 2 ** 20) };
  return {
    begin: async (work) => begin(url, work, { ...given, source: await sourceOf(data), name: name ?? nameOf(work) }),
  };
}

async function sourceOf(data: string | undefined): Promise<DataSource | null> {
  if (data === undefined) return null;
  const file = isUrl(data) ? { file: (await fetchSource(data)).file } : {};
  return { data: isUrl(data) ? data : resolve(data), ...file, reading: {}, prepare: null };
}

/** The same for the same search on the same data. */
function nameOf({ search, fingerprint }: TrialWork): string {
  const hash = createHash('sha256').update(canonical({ search, fingerprint }));
  return `sweep-${hash.digest('hex').slice(0, 12)}`;
}

type Given = Pick<Study, 'name' | 'mixed' | 'source' | 'stateBytes'>;

async function begin(url: string, work: TrialWork, given: Given): Promise<TrialRunner> {
  const queues = await openQueues(url);
  try {
    await createStudy(queues, {
      ...given,
      created: new Date().toISOString(),
      search: work.search,
      ...dataRecord(work.data, work.fingerprint),
      backend: productsWords(backendInfo(work.backend as 'auto')),
      done: false,
    });
    await resumeStudy(queues, given.name);
    return new QueueRunner(queues, await getStudy(queues, given.name));
  } catch (error) {
    await queues.close();
    throw error;
  }
}

/** Waits for the results that agents bring. */
class QueueRunner implements TrialRunner {
  readonly places = PLACES;
  readonly #queues: Queues;
  readonly #study: Study;
  readonly #follower: StudyFollower;
  readonly #waiting = new Map<string, PromiseWithResolvers<TrialResult>>();
  #signal: AbortSignal | undefined;
  readonly #followed: Promise<void>;
  #failure: { readonly error: unknown } | undefined;

  constructor(queues: Queues, study: Study) {
    this.#queues = queues;
    this.#study = study;
    this.#follower = new StudyFollower(queues, study, {
      onResult: (result) => this.#waiting.get(resultKey(result))?.resolve(result),
      onLost: (lost) => this.#waiting.get(resultKey(lost))?.reject(lostError(lost, study)),
    });
    const fail = (error: unknown) => {
      this.#failure = { error };
      this.#rejectAll(error);
    };
    // What has no result then will have none: somebody else has changed the study.
    this.#followed = this.#follower.untilDone().then(() => fail(withoutResult(study)), fail);
  }

  async run({ id }: Trial, numIters: number, signal: AbortSignal): Promise<TrialResult> {
    const key = resultKey({ id, numIters });
    const { results, lost } = this.#follower.outcomes;
    const known = results.get(key);
    if (known) return known;
    const gone = lost.get(key);
    if (gone) throw lostError(gone, this.#study);
    if (this.#failure) throw this.#failure.error;
    throwIfAborted(signal, 'The trial');
    this.#rejectOn(signal);
    const awaited = deferred<TrialResult>();
    this.#waiting.set(key, awaited);
    try {
      return await awaited.promise;
    } finally {
      this.#waiting.delete(key);
    }
  }

  /** Listens once for all trials of a search: there may be a hundred thousand. */
  #rejectOn(signal: AbortSignal): void {
    if (this.#signal === signal) return;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#rejectAll(abortError('The trial', signal)), { once: true });
  }

  #rejectAll(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }

  async close(done: boolean): Promise<void> {
    const stop = () => stopStudy(this.#queues, this.#study.name).catch(() => {});
    if (!done && !this.#failure) await atMost(LAST_WORD, stop());
    await this.#follower.close();
    await this.#followed;
    await this.#queues.close();
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function deferred<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function withoutResult({ name }: Study): Error {
  return withCode(new Error(`The study ${name} is done without the results of all trials: remove it`), 'ERR_STUDY');
}

function lostError({ id, numIters, reason }: LostTrial, { name }: Study): Error {
  const message = `The trial ${id} of the study ${name} has no result after ${numIters} iterations: ${reason}`;
  return withCode(new Error(`${message}; see two-layer-net study results ${name}`), 'ERR_STUDY');
}
