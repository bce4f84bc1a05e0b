/** What a study is, as the queue holds it: a search, the data that it is on, and where these are. */
import type { Dataset } from '../data/dataset.js';
import { resolveSearch, type Search } from '../tune/search.js';
import { checkOptions, isObject } from '../validation/check.js';
import { describe, withCode } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { checkSource, type DataSource } from './source.js';

const FORMAT = 'two-layer-net study';
const VERSION = 1;

/** A study. Plain data, for JSON. */
export interface Study {
  readonly name: string;
  /** When it was created, as ISO 8601. */
  readonly created: string;
  readonly search: Search;
  /** The fingerprint of the data: agents that have other data refuse its trials. */
  readonly data: string;
  /** C, classes, which the fingerprint does not say; nor does it say how a row is a picture. */
  readonly classes: number;
  readonly picture: string;
  /** How many validation rows there are. */
  readonly validationRows: number;
  /** What trials run on, in words: agents with another arithmetic refuse them unless `mixed` is true. */
  readonly backend: string;
  readonly mixed: boolean;
  /** Where agents find the data; null if each is told. */
  readonly source: DataSource | null;
  /** Bytes of states that the queue may hold of each round. */
  readonly stateBytes: number;
  /** Whether all trials have a result, or are lost. */
  readonly done: boolean;
}

/** The names that studies may have: they are parts of the server's keys. */
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Checks the name of a study. @throws RangeError `ERR_OUT_OF_RANGE` */
export function checkStudyName(name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  const expected = 'a name of 1 … 64 letters, digits, ., _ and -, beginning with a letter or a digit, for the study';
  throw withCode(new RangeError(`Expected ${expected} but received ${describe(name)}`), 'ERR_OUT_OF_RANGE');
}

/** What a study says of its data. */
export function dataRecord(data: Dataset, fingerprint: string) {
  const { numClasses, imageShape } = data;
  const picture = imageShape ? [imageShape.height, imageShape.width, imageShape.channels].join('x') : '';
  const validationRows = data.part('validation').y.length;
  return { data: fingerprint, classes: numClasses, picture, validationRows } as const;
}

/** What tells a study from one of the same name that was removed. */
export type StudyKey = Pick<Study, 'name' | 'created'>;

/**
 * The names of a study's queues. They also say when it was created: agents of a study that was removed must not take
 * trials of the next one of its name, nor plan its rounds.
 */
export const QUEUES = {
  /** Of all studies of a server: a job for each, which nobody takes. */
  studies: 'two-layer-net.studies',
  trials: (study: StudyKey) => `${prefixOf(study)}.trials`,
  rounds: (study: StudyKey) => `${prefixOf(study)}.rounds`,
  states: (study: StudyKey, round: number) => `${prefixOf(study)}.states-${round}`,
} as const;

function prefixOf({ name, created }: StudyKey): string {
  return `two-layer-net.${name}.${Date.parse(created).toString(36)}`;
}

/** Whether two records are of one study, and not of two with the same name. */
export function isOneStudy(one: StudyKey, other: StudyKey): boolean {
  return one.name === other.name && one.created === other.created;
}

/** What is written of a study. */
export function recordOf(study: Study): object {
  return { format: FORMAT, version: VERSION, ...study };
}

const FIELDS = [
  ...(['format', 'version', 'name', 'created', 'search', 'data', 'classes', 'picture'] as const),
  ...(['validationRows', 'backend', 'mixed', 'source', 'stateBytes', 'done'] as const),
];

/**
 * The study of a record, which anybody may have written.
 *
 * @throws Error `ERR_STUDY` for one that is not whole
 */
export function studyOf(name: string, record: unknown): Study {
  const fail = (what: string, cause?: unknown) =>
    withCode(new Error(`Cannot use the study ${name}: ${what}`, { cause }), 'ERR_STUDY');
  if (!isObject(record) || record.format !== FORMAT) throw fail('its record is not one of this package');
  const { version, created, data, classes, picture, validationRows, backend, mixed, stateBytes, done } = record;
  if (version !== VERSION)
    throw fail(`its record has version ${describe(version)}, this package knows ${VERSION}: use the same everywhere`);
  try {
    checkOptions(record, 'the record', FIELDS);
    return {
      name: checkStudyName(name),
      created: text(created, 'created', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      search: resolveSearch(record.search as Search),
      data: text(data, 'data', /^[0-9a-f]{64}$/),
      classes: count(classes, 'classes'),
      picture: text(picture, 'picture', /^[\dx]{0,40}$/),
      validationRows: count(validationRows, 'validationRows'),
      backend: text(backend, 'backend', /^[^\p{Cc}]{1,200}$/u),
      mixed: mixed === true,
      source: record.source === null ? null : checkSource(record.source),
      stateBytes: count(stateBytes, 'stateBytes'),
      done: done === true,
    };
  } catch (error) {
    throw fail(messageOf(error), error);
  }
}

function text(value: unknown, name: string, form: RegExp): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Error(`expected ${form} for ${name}, found ${describe(value)}`);
}

function count(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Error(`expected a count for ${name}, found ${describe(value)}`);
}
