/** The states of trials that may go on in the next round, kept in the queue: any agent can take them up. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint.js';
import { packageVersion } from '../platform/package-version.js';
import type { TrainingState } from '../training/state.js';
import { clearIfRemoved } from './clear.js';
import type { Queues } from './queues.js';
import { QUEUES, type Study } from './record.js';

/** Bytes of one state at most; a trial with a larger one is trained from its start again. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * The states of a study's trials. A state is a checkpoint, in base64: it has a checksum, and says what it is of. One
 * that is missing, damaged or of something else is no error, since a trial can be trained again, to the same numbers.
 */
export class StudyStates {
  readonly #queues: Queues;
  readonly #study: Study;

  constructor(queues: Queues, study: Study) {
    this.#queues = queues;
    this.#study = study;
  }

  /** Keeps the state of a trial after a round, if there is room. Returns whether there was. */
  async keep(round: number, id: string, state: TrainingState): Promise<boolean> {
    const queue = this.#queueOf(round);
    const bytes = await this.#encode(id, state);
    const data = bytes.toString('base64');
    const most = Math.min(MOST_BYTES, this.#study.stateBytes);
    if (data.length > most || (await queue.getWaitingCount()) * data.length + data.length > this.#study.stateBytes)
      return false;
    await queue.add('state', data, { jobId: stateId(id, state.history.lossHistory.length) });
    await clearIfRemoved(this.#queues, this.#study, QUEUES.states(this.#study, round));
    return true;
  }

  /** The state of a trial after `iterations`, from the round before. */
  async find(round: number, id: string, iterations: number): Promise<TrainingState | undefined> {
    const job = await this.#queueOf(round).getJob(stateId(id, iterations));
    if (typeof job?.data !== 'string' || job.data.length > MOST_BYTES) return undefined;
    const state = await this.#decode(id, Buffer.from(job.data, 'base64'));
    return state?.history.lossHistory.length === iterations ? state : undefined;
  }

  /** Drops a state that nothing needs any more. */
  async drop(round: number, id: string, iterations: number): Promise<void> {
    await this.#queueOf(round).remove(stateId(id, iterations));
  }

  /** Drops all states of a round. */
  async dropAll(round: number): Promise<void> {
    await this.#queueOf(round).obliterate({ force: true });
  }

  #queueOf(round: number) {
    return this.#queues.queue<string>(QUEUES.states(this.#study, round));
  }

  #encode(id: string, state: TrainingState): Promise<Buffer> {
    return inFile(async (file) => {
      await writeCheckpoint(file, { state, done: false, settings: undefined, origin: this.#originOf(id) });
      return readFile(file);
    });
  }

  #decode(id: string, bytes: Buffer): Promise<TrainingState | undefined> {
    return inFile(async (file) => {
      await writeFile(file, bytes);
      const kept = await readCheckpoint(file).catch(() => undefined);
      return JSON.stringify(kept?.origin) === JSON.stringify(this.#originOf(id)) ? kept?.state : undefined;
    });
  }

  #originOf(trial: string) {
    const { data, backend } = this.#study;
    return { trial, version: packageVersion(), data, backend };
  }
}

function stateId(id: string, iterations: number): string {
  return `${id}-${iterations}`;
}

/** A file for a moment: checkpoints are read and written as files. */
async function inFile<T>(action: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'two-layer-net-state-'));
  try {
    return await action(join(folder, 'state'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
