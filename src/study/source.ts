/** Where the agents of a study find its data, and how these are read. */
import type { Fold } from '../classifier/search.js';
import { checkNumber, checkOptions, isObject } from '../validation/check.js';
import { wrongType } from '../validation/errors.js';

/** How files become a data set: options of `loadDataset`, by the same names. */
export const READING = [
  ...(['format', 'fullTest', 'labels', 'resize', 'label', 'test', 'validation', 'missing', 'ignore'] as const),
  ...(['columns', 'header', 'delimiter', 'decimal'] as const),
];

/** Where data are. Plain data, for JSON. */
export interface DataSource {
  /** A path, or an http or https URL; null for the synthetic stand-in of CIFAR-10. */
  readonly data: string | null;
  /** The file at a URL, which agents check. */
  readonly file?: RemoteFile | undefined;
  /** How the files are read. */
  readonly reading: Readonly<Record<string, unknown>>;
  /** How rows are held out and scaled for classifiers; null for rows that are trained on as they are. */
  readonly prepare: SourcePreparation | null;
}

/** A file behind a URL. */
export interface RemoteFile {
  /** What it is stored as: its end says the format. */
  readonly name: string;
  readonly bytes: number;
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string;
}

/** What `prepareSearch` is told of the search. */
export interface SourcePreparation {
  readonly validation?: number | undefined;
  /** The fold that is held out, of a cross-validation. */
  readonly fold?: Fold | undefined;
  readonly seed: number;
  /** The type that rows are scaled to. */
  readonly dtype: 'float32' | 'float64';
}

/** Whether data are behind a URL. */
export function isUrl(data: string): boolean {
  return /^https?:\/\//i.test(data);
}

/** Characters of a path or URL; signed ones are long. */
const MOST_CHARACTERS = 8192;
const NAME = /^[^/\\\p{Cc}]{1,255}$/u;

/** Checks a source that comes from the queue. @throws TypeError or RangeError */
export function checkSource(value: unknown): DataSource {
  const { data, file, reading, prepare } = checkOptions(object(value, 'source'), 'source', [
    'data',
    'file',
    'reading',
    'prepare',
  ]) as Record<string, unknown>;
  if (data !== null && (typeof data !== 'string' || data === '' || data.length > MOST_CHARACTERS))
    throw wrongType('a path or URL for source.data', data);
  const known = checkOptions(object(reading, 'source.reading'), 'source.reading', READING);
  const source = { data, reading: known, prepare: prepare === null ? null : checkPreparation(prepare) };
  return file === undefined ? source : { ...source, file: checkFile(file) };
}

function checkFile(value: unknown): RemoteFile {
  const { name, bytes, sha256 } = object(value, 'source.file');
  if (typeof name !== 'string' || !NAME.test(name) || /^\.+$/.test(name))
    throw wrongType('the name of a file for source.file.name', name);
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    throw wrongType('a SHA-256 for source.file.sha256', sha256);
  return { name, bytes: checkNumber(bytes, 'source.file.bytes', { integer: true, min: 0 }), sha256 };
}

function checkPreparation(value: unknown): SourcePreparation {
  const { validation, fold, seed, dtype } = object(value, 'source.prepare');
  if (dtype !== 'float32' && dtype !== 'float64') throw wrongType('a type for source.prepare.dtype', dtype);
  return {
    ...(validation !== undefined && { validation: checkNumber(validation, 'source.prepare.validation', { min: 0 }) }),
    ...(fold !== undefined && { fold: checkFold(fold) }),
    seed: checkNumber(seed, 'source.prepare.seed', { integer: true, min: 0 }),
    dtype,
  };
}

function checkFold(value: unknown): Fold {
  const { index, of } = object(value, 'source.prepare.fold');
  const folds = checkNumber(of, 'source.prepare.fold.of', { integer: true, min: 2 });
  const last = { integer: true, min: 0, max: folds - 1 } as const;
  return { index: checkNumber(index, 'source.prepare.fold.index', last), of: folds };
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw wrongType(`an object for ${name}`, value);
}
