/** The studies of a server: created, listed, stopped, resumed and removed. */
import { roundsOf, trialCount } from '../tune/search.js';
import { withCode } from '../validation/errors.js';
import { clearStudy, hasJobs } from './clear.js';
import type { Queues } from './queues.js';
import { checkStudyName, QUEUES, recordOf, type Study, studyOf } from './record.js';
import { addRound } from './rounds.js';
import { isSameJson } from './same-json.js';

const STUDIES = 10_000;

/**
 * Creates a study. One of this name that is the same is joined.
 *
 * @throws (as a rejection) Error `ERR_STUDY` when there is another one of this name
 */
export async function createStudy(queues: Queues, study: Study): Promise<'created' | 'joined'> {
  checkStudyName(study.name);
  const before = await findStudy(queues, study.name);
  if (before !== undefined && !isSameStudy(before, study)) throw taken(study.name, queues);
  const studies = queues.queue<object>(QUEUES.studies);
  if (before === undefined) {
    await clearLeft(queues, study.name);
    await studies.add('study', recordOf(study), { jobId: study.name });
  }
  // Somebody may have created one at the same time.
  const created = await getStudy(queues, study.name);
  if (!isSameStudy(created, study)) throw taken(study.name, queues);
  await addRound(queues, created, 0);
  return before === undefined ? 'created' : 'joined';
}

/** Takes away what is left of a study whose removal was broken off: its results would count for another one. */
async function clearLeft(queues: Queues, name: string): Promise<void> {
  if ((await hasJobs(queues, name)) && !(await findStudy(queues, name))) await clearStudy(queues, name);
}

function taken(name: string, { where }: Queues): Error {
  const message = `Cannot create the study ${name} at ${where}: another study has this name`;
  return withCode(new Error(`${message}; choose another one, or remove that study`), 'ERR_STUDY');
}

function isSameStudy(one: Study, other: Study): boolean {
  const about = ({ search, data, classes, picture }: Study) => ({ search, data, classes, picture });
  return isSameJson(about(one), about(other)) && (one.backend === other.backend || one.mixed);
}

/** The study of this name. @throws (as a rejection) Error `ERR_STUDY` when there is none */
export async function getStudy(queues: Queues, name: string): Promise<Study> {
  const study = await findStudy(queues, checkStudyName(name));
  if (study) return study;
  throw await unknown(queues, name);
}

async function unknown(queues: Queues, name: string): Promise<Error> {
  const known = (await listStudies(queues)).map(({ name }) => name);
  const others = known.length > 0 ? `there are ${known.slice(0, 20).join(', ')}` : 'there is none';
  return withCode(new Error(`Expected a study at ${queues.where} but found no ${name}: ${others}`), 'ERR_STUDY');
}

/** The study of this name; undefined when there is none. */
export async function findStudy(queues: Queues, name: string): Promise<Study | undefined> {
  const job = await queues.queue<object>(QUEUES.studies).getJob(name);
  return job ? studyOf(name, job.data) : undefined;
}

/** Whether a study was removed, be it that another one has its name now. */
export async function isRemoved(queues: Queues, { name, created }: Study): Promise<boolean> {
  return (await findStudy(queues, name))?.created !== created;
}

/** All studies, the oldest first. What is no study is left out. */
export async function listStudies(queues: Queues): Promise<Study[]> {
  const jobs = await queues.queue<object>(QUEUES.studies).getJobs(['waiting'], 0, STUDIES - 1, true);
  return jobs.flatMap((job) => {
    try {
      return job?.id ? [studyOf(job.id, job.data)] : [];
    } catch {
      return [];
    }
  });
}

/** Lets no further trial of a study begin. Those that run go on to their ends. */
export async function stopStudy(queues: Queues, name: string): Promise<void> {
  await getStudy(queues, name);
  await queues.queue(QUEUES.trials(name)).pause();
}

/** Goes on with a study that was stopped. */
export async function resumeStudy(queues: Queues, name: string): Promise<void> {
  await getStudy(queues, name);
  await queues.queue(QUEUES.trials(name)).resume();
}

/** Whether a study was stopped. */
export function isStopped(queues: Queues, name: string): Promise<boolean> {
  return queues.queue(QUEUES.trials(name)).isPaused();
}

/**
 * Removes a study with its results, or what is left of one whose removal was broken off. Agents end its trials.
 *
 * @throws (as a rejection) Error `ERR_STUDY` when there is none of this name
 */
export async function removeStudy(queues: Queues, name: string): Promise<void> {
  const studies = queues.queue<object>(QUEUES.studies);
  const job = await studies.getJob(checkStudyName(name));
  await studies.remove(name);
  const left = await clearStudy(queues, name, job && roundCount(name, job.data));
  if (!job && !left) throw await unknown(queues, name);
}

/** How many rounds a study has; undefined when its record is of another version, or not one. */
function roundCount(name: string, record: unknown): number | undefined {
  try {
    const { search } = studyOf(name, record);
    return roundsOf(search, Math.ceil(trialCount(search) / search.seeds)).length;
  } catch {
    return undefined;
  }
}

/** Marks a study as done. */
export async function markDone(queues: Queues, name: string): Promise<void> {
  const job = await queues.queue<object>(QUEUES.studies).getJob(name);
  await job?.updateData({ ...job.data, done: true });
}
