/** The studies of a server: created, listed, stopped, resumed and removed. */
import { roundsOf, trialCount } from '../tune/search.js';
import { withCode } from '../validation/errors.js';
import { clearStudy } from './clear.js';
import type { Queues } from './queues.js';
import { checkStudyName, isOneStudy, QUEUES, recordOf, type Study, type StudyKey, studyOf } from './record.js';
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
  if (before === undefined) await studies.add('study', recordOf(study), { jobId: study.name });
  // Somebody may have created one at the same time.
  const there = await getStudy(queues, study.name);
  if (!isSameStudy(there, study)) throw taken(study.name, queues);
  await addRound(queues, there, 0);
  return before === undefined ? 'created' : 'joined';
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
  const known = (await listStudies(queues)).map(({ name }) => name);
  const others = known.length > 0 ? `there are ${known.slice(0, 20).join(', ')}` : 'there is none';
  throw withCode(new Error(`Expected a study at ${queues.where} but found no ${name}: ${others}`), 'ERR_STUDY');
}

/** The study of this name; undefined when there is none. */
export async function findStudy(queues: Queues, name: string): Promise<Study | undefined> {
  const job = await queues.queue<object>(QUEUES.studies).getJob(name);
  return job ? studyOf(name, job.data) : undefined;
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
  await queues.queue(QUEUES.trials(await getStudy(queues, name))).pause();
}

/** Goes on with a study that was stopped. */
export async function resumeStudy(queues: Queues, name: string): Promise<void> {
  await queues.queue(QUEUES.trials(await getStudy(queues, name))).resume();
}

/** Whether a study was stopped. */
export function isStopped(queues: Queues, study: StudyKey): Promise<boolean> {
  return queues.queue(QUEUES.trials(study)).isPaused();
}

/** Removes a study with its results. Agents end its trials. */
export async function removeStudy(queues: Queues, name: string): Promise<void> {
  const study = await getStudy(queues, name);
  const { search } = study;
  const rounds = roundsOf(search, Math.ceil(trialCount(search) / search.seeds)).length;
  // Its record is the last to go: a removal that is broken off can be repeated.
  await clearStudy(queues, study, rounds);
  await queues.queue(QUEUES.studies).remove(name);
  // What agents have added meanwhile.
  await clearStudy(queues, study, rounds);
}

/** Marks a study as done. */
export async function markDone(queues: Queues, study: StudyKey): Promise<void> {
  const job = await queues.queue<object>(QUEUES.studies).getJob(study.name);
  if (job && isOneStudy(studyOf(study.name, job.data), study)) await job.updateData({ ...job.data, done: true });
}
