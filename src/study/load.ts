/** Loads the data of a study, once per machine: from a path, from a URL, or from what is kept here already. */
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { prepareSearch } from '../classifier/search.js';
import { trainingData } from '../classifier/training-data.js';
import type { Dataset } from '../data/dataset.js';
import { fetchFile } from '../data/download/fetch-file.js';
import { fetchUnknown } from '../data/download/fetch-unknown.js';
import { openConnections } from '../data/download/request.js';
import { loadDataset } from '../data/load-dataset.js';
import { syntheticCifar10 } from '../data/synthetic/synthetic.js';
import { makeFolder } from '../platform/make-folder.js';
import { temporaryName } from '../platform/temporary-file.js';
import { inTurns } from '../platform/turns.js';
import { hashing } from '../tune/results-file.js';
import { withCode } from '../validation/errors.js';
import { isError } from '../validation/kinds.js';
import { cacheFolder, keepRows, onceAtAll, openRows } from './cache.js';
import type { Study } from './record.js';
import { type DataSource, isUrl, type RemoteFile } from './source.js';

/**
 * The data of a study as its trials read them. What is prepared is kept in a folder of this machine, by its
 * fingerprint, and mapped into the memory of each process.
 *
 * @param path - a path or URL of the data on this machine, if it is another one than the study names
 * @param signal - ends a download
 * @throws (as a rejection) Error `ERR_STUDY` when nobody says where the data are; what reading them throws
 */
export async function loadStudyData(study: Study, path?: string, signal?: AbortSignal): Promise<Dataset> {
  const folder = join(cacheFolder(), 'data', study.data);
  const kept = await openRows(folder);
  if (kept && (await printOf(kept)) === study.data) return kept;
  // A disk may have damaged it: it is made again.
  if (kept) await rm(folder, { recursive: true, force: true }).catch(() => {});
  const source = study.source ?? (path === undefined ? undefined : { data: null, reading: {}, prepare: null });
  if (!source) {
    const message = `the study ${study.name} does not say where its data are: name them with --data`;
    throw withCode(new Error(message), 'ERR_STUDY');
  }
  const loading = path === undefined ? loadSource(source, signal) : loadSource({ ...source, data: path }, signal);
  const data = await loading.catch((error) => {
    const isTold = path !== undefined || source.data === null || isUrl(source.data);
    throw isTold ? error : withRemedy(error);
  });
  if ((await printOf(data)) !== study.data) return data;
  // Where nothing can be kept, each process has its own copy.
  await makeFolder(dirname(folder))
    .then(() => onceAtAll(folder, () => keepRows(folder, data)))
    .catch(() => {});
  return (await openRows(folder)) ?? data;
}

/** The path is one of the machine that created the study. */
function withRemedy(error: unknown): unknown {
  if (isError(error)) error.message += '. Where the data have another place on this machine, name it with --data';
  return error;
}

function printOf(data: Dataset): Promise<string> {
  return inTurns(hashing(data));
}

/** The data of a source, as trials read them. */
async function loadSource(source: DataSource, signal: AbortSignal | undefined): Promise<Dataset> {
  const loaded = await readSource(source, signal);
  const { prepare } = source;
  if (prepare === null) return loaded;
  const { data, classes } = await trainingData([loaded], {});
  const { validation, fold, seed, dtype } = prepare;
  return (await prepareSearch(data, classes, { validation, fold, seed, space: { dtype } })).data;
}

async function readSource({ data, reading, file }: DataSource, signal: AbortSignal | undefined): Promise<Dataset> {
  if (data === null) return syntheticCifar10({ fullTest: reading.fullTest === true });
  if (!isUrl(data)) return loadDataset(data, reading);
  if (!file) throw withCode(new Error('the study does not say which file its URL has'), 'ERR_STUDY');
  return loadDataset(await fetchKnown(data, file, signal), reading);
}

/** The path of a file of this machine that has the bytes of a URL; a download that ended early goes on. */
async function fetchKnown(url: string, file: RemoteFile, signal = new AbortController().signal): Promise<string> {
  const folder = join(cacheFolder(), 'files', file.sha256);
  const path = join(folder, file.name);
  await makeFolder(folder);
  await onceAtAll(path, async () => {
    const connections = openConnections(60_000);
    const download = { connections, signal, pauses: [1000, 2000, 4000, 8000], report: () => {} };
    try {
      await withoutSecrets(url, () => fetchFile(file, new URL(url), `${path}.part`, download));
      await rename(`${path}.part`, path);
    } finally {
      await connections.close();
    }
  });
  return path;
}

/**
 * Downloads the file behind a URL to this machine's folder, and tells what it is, so that others can check theirs.
 *
 * @throws (as a rejection) Error `ERR_DOWNLOAD`
 */
export async function fetchSource(url: string): Promise<{ readonly path: string; readonly file: RemoteFile }> {
  const parsed = new URL(url);
  const name = nameIn(parsed);
  const files = join(cacheFolder(), 'files');
  await makeFolder(files);
  const temporary = temporaryName(join(files, name));
  try {
    const file = await withoutSecrets(url, () => fetchUnknown(parsed, name, temporary));
    const path = join(files, file.sha256, name);
    await makeFolder(dirname(path));
    await rename(temporary, path);
    return { path, file };
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** The name of the file at a URL, as this machine may call it. */
function nameIn({ pathname }: URL): string {
  const last = basename(pathname);
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // A lone % is no code for anything.
  }
  // Its end says what format it has.
  return (
    name
      .replace(/[/\\\p{Cc}]/gu, '')
      .slice(-100)
      .replace(/^\.+$/, '') || 'data'
  );
}

/** Takes what signs a URL out of the messages of errors. */
async function withoutSecrets<T>(url: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { search, username, password } = new URL(url);
    if (isError(error)) {
      for (const secret of [search, `${username}:${password}@`]) {
        if (secret.length > 2) error.message = error.message.replaceAll(secret, '');
      }
    }
    throw error;
  }
}
