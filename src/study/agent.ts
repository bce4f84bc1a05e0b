/** An agent: takes trials of the studies on a server and runs them, on any machine. */
import { setTimeout as wait } from 'node:timers/promises';
import { backendInfo, chooseBackend } from '../backend/choose.js';
import type { Dataset } from '../data/dataset.js';
import { inTurns } from '../platform/turns.js';
import { productsWords } from '../report/document/backend-words.js';
import { hashing } from '../tune/results-file.js';
import { withCode } from '../validation/errors.js';
import { hasCode, messageOf } from '../validation/kinds.js';
import { untilAborted } from '../validation/signal.js';
import type { AgentSettings } from './agent-settings.js';
import { AgentWork } from './agent-work.js';
import type { Queues } from './queues.js';
import { dataRecord, isOneStudy, QUEUES, type Study, type StudyKey } from './record.js';
import { isSameJson } from './same-json.js';
import { findStudy, getStudy, isStopped, listStudies } from './studies.js';

/** What an agent has done. */
export interface AgentSummary {
  /** Trials that it ran. */
  readonly trials: number;
  /** Studies that it could not work on, by their names and when they were created, with the reasons. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Runs an agent until its signal, its count or, with `exitWhenDone`, its studies end it. */
export async function runAgent(queues: Queues, settings: AgentSettings): Promise<AgentSummary> {
  const refused = new Refusals();
  let trials = 0;
  let waits = false;
  if (settings.study !== undefined) await getStudy(queues, settings.study);
  const left = () => (settings.count ?? Number.POSITIVE_INFINITY) - trials;
  while (!settings.signal.aborted && left() > 0) {
    const choice = await unlessTrouble(queues, settings, () => choose(queues, settings, refused));
    if (choice?.next === undefined) {
      if (choice && settings.exitWhenDone && !choice.open) break;
      if (choice && !waits) settings.onEvent({ kind: 'waiting' });
      waits ||= choice !== undefined;
      await pause(settings);
      continue;
    }
    waits = false;
    const { next } = choice;
    const loading = dataFor(next, settings).catch((error) => {
      if (settings.signal.aborted) return;
      // Other data and another arithmetic stay; a server or a disk may be there again.
      refused.add(next, messageOf(error), hasCode(error, 'ERR_STUDY') ? undefined : settings.look * LOOKS);
      settings.onEvent({ kind: 'refused', study: next, message: messageOf(error) });
    });
    const data = await untilAborted(loading, settings.signal, () => undefined);
    if (!data) continue;
    settings.onEvent({ kind: 'study', study: next });
    const work = new AgentWork(queues, next, data, { ...settings, count: left() });
    const stays = () => unlessTrouble(queues, settings, () => goesOn(queues, next, work, settings, refused));
    try {
      while ((await stays()) ?? !settings.signal.aborted) await pause(settings);
    } catch (error) {
      work.drop();
      throw error;
    } finally {
      trials += await work.close();
    }
  }
  return { trials, refused: refused.reasons };
}

/** Looks after which the data of a study are tried again that could not be loaded: a minute, or two. */
const LOOKS = 60;

/** The studies that an agent cannot work on. */
class Refusals {
  /** By their names and when they were created: another study of a name may fit. */
  readonly reasons = new Map<string, string>();
  readonly #until = new Map<string, number>();

  /** @param pause - milliseconds after which it is tried again; undefined for never */
  add(study: StudyKey, reason: string, pause: number | undefined): void {
    this.reasons.set(keyOf(study), reason);
    if (pause !== undefined) this.#until.set(keyOf(study), performance.now() + pause);
  }

  has(study: StudyKey): boolean {
    const until = this.#until.get(keyOf(study)) ?? Number.POSITIVE_INFINITY;
    if (performance.now() < until) return this.reasons.has(keyOf(study));
    this.reasons.delete(keyOf(study));
    this.#until.delete(keyOf(study));
    return false;
  }
}

function keyOf({ name, created }: StudyKey): string {
  return `${name}, created ${created}`;
}

/** What a look at the server gives; undefined when that fails, as while PostgreSQL is started again, or is ended. */
async function unlessTrouble<T>(
  queues: Queues,
  { onEvent, signal }: AgentSettings,
  look: () => Promise<T>,
): Promise<T | undefined> {
  try {
    // Redis lets commands wait while it is started again.
    return await untilAborted(look(), signal, () => undefined);
  } catch (error) {
    if (hasCode(error, 'ERR_STUDY')) throw error;
    onEvent({ kind: 'trouble', message: queues.clean(messageOf(error)) });
    return undefined;
  }
}

async function pause({ look, signal }: AgentSettings): Promise<void> {
  await wait(look * (1 + Math.random()), undefined, { signal }).catch(() => {});
}

interface Choice {
  /** The oldest study with trials that nobody has taken, else the oldest that is not done. */
  readonly next: Study | undefined;
  /** Whether there is a study that is not done and not stopped. */
  readonly open: boolean;
}

async function choose(queues: Queues, settings: AgentSettings, refused: Refusals): Promise<Choice> {
  const named = settings.study;
  const known = named === undefined ? await listStudies(queues) : [await findStudy(queues, named)];
  let first: Study | undefined;
  for (const study of known) {
    if (!study || study.done || refused.has(study) || (await isStopped(queues, study))) continue;
    first ??= study;
    if (await hasWaiting(queues, study)) return { next: study, open: true };
  }
  return { next: first, open: first !== undefined };
}

async function hasWaiting(queues: Queues, study: StudyKey): Promise<boolean> {
  const counts = [QUEUES.trials(study), QUEUES.rounds(study)].map((queue) => queues.queue(queue).getWaitingCount());
  return (await Promise.all(counts)).some((count) => count > 0);
}

/** Whether an agent stays with a study: until it is done, stopped or removed, or another one has more for it to do. */
async function goesOn(
  queues: Queues,
  worked: Study,
  work: AgentWork,
  settings: AgentSettings,
  refused: Refusals,
): Promise<boolean> {
  if (settings.signal.aborted || work.full) return false;
  const study = await findStudy(queues, worked.name);
  if (!study || !isOneStudy(study, worked)) {
    work.drop();
    settings.onEvent({ kind: 'removed', study: worked });
    return false;
  }
  if (study.done || (await isStopped(queues, study))) return false;
  if (!work.idle || settings.study !== undefined) return true;
  const { next } = await choose(queues, settings, refused);
  return next === undefined || isOneStudy(next, worked);
}

/**
 * The data of a study, after they were compared with what the study names.
 *
 * @throws (as a rejection) Error `ERR_STUDY` for other data and for another arithmetic; what loading throws
 */
async function dataFor(study: Study, { backend, load, signal }: AgentSettings): Promise<Dataset> {
  const words = productsWords(backendInfo(chooseBackend(backend).name));
  if (words !== study.backend && !study.mixed) {
    throw refusal(
      `it is for ${study.backend}, and this machine computes on ${words}, which gives other last digits: create the ` +
        'study with --mixed to accept both',
    );
  }
  const data = await load(study, signal);
  if (isSameJson(dataRecord(data, await inTurns(hashing(data))), ofData(study))) return data;
  throw refusal(`the data here, ${data.source}, are not those that it was created on`);
}

function ofData({ data, classes, picture, validationRows }: Study) {
  return { data, classes, picture, validationRows };
}

function refusal(reason: string): Error {
  return withCode(new Error(reason), 'ERR_STUDY');
}
