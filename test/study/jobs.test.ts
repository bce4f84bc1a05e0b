/** What comes from a queue may be anybody's: trials, results and records are checked. */
import { describe, expect, test } from 'vitest';
import { jobIdOf, keyOfJob, lineOf, resultIn, takenTrial } from '../../src/study/jobs.js';
import { StudyOutcomes } from '../../src/study/outcomes.js';
import { checkStudyName, recordOf, studyOf } from '../../src/study/record.js';
import { checkSource } from '../../src/study/source.js';
import { combinationsIn } from '../../src/tune/combinations.js';
import { originOf } from '../../src/tune/earlier.js';
import { resolveSpace } from '../../src/tune/space.js';
import { makeTrial, type TrialResult } from '../../src/tune/trial.js';
import { changedSettings } from '../../src/tune/trial-id.js';
import { points, studyOn } from './support.js';

const [settings] = combinationsIn(resolveSpace({ learningRate: 0.1 }));
const trial = makeTrial(settings, 7);
const study = studyOn(points(), {});
const result: TrialResult = {
  ...trial,
  numIters: 20,
  status: 'done',
  iterations: 20,
  loss: 0.5,
  seconds: 0.25,
  warnings: [{ code: 'WARN_ONE_CLASS', message: 'All rows are one class' }],
  valAccuracy: 0.75,
  trainAccuracy: null,
  data: originOf(study.data),
};
const job = { settings: changedSettings(settings), seed: 7, round: 0, numIters: 20, from: 0, last: true };
const jobId = jobIdOf(result);

describe('a trial', () => {
  test('is what was put into the queue', () => {
    expect(takenTrial(jobId, JSON.parse(JSON.stringify(job)))).toEqual({
      trial,
      seed: 7,
      round: 0,
      numIters: 20,
      from: 0,
      last: true,
      known: undefined,
    });
    expect(keyOfJob(jobId)).toBe(`${trial.id} 20`);
  });

  test.each([
    ['another seed', jobId, { ...job, seed: 8 }],
    ['other settings', jobId, { ...job, settings: {} }],
    ['a setting that does not exist', jobId, { ...job, settings: { ...job.settings, shell: 'rm' } }],
    ['a setting out of its range', jobId, { ...job, settings: { learningRate: -1 } }],
    ['other iterations', jobId, { ...job, numIters: 21 }],
    ['no number of iterations', jobId, { ...job, numIters: '20' }],
    ['the id of another one', 'x-20', job],
    ['no object', jobId, 'trial'],
  ])('is refused with %s', (_, id, data) => {
    expect(() => takenTrial(id, data)).toThrow(/^Expected|^Unknown/);
  });
});

describe('a result', () => {
  test('comes back with the keys in their order, whatever the server made of it', () => {
    const shuffled = Object.fromEntries(Object.entries(lineOf(result)).sort(([a], [b]) => a.localeCompare(b)));
    const text = (one: TrialResult) => JSON.stringify(one);
    expect(text(resultIn(shuffled))).toBe(text(resultIn(lineOf(result))));
    expect(resultIn(lineOf(result))).toEqual(result);
  });

  test.each([
    ['an accuracy above 1', { valAccuracy: 1.5 }],
    ['another id', { id: '0123456789ab' }],
    ['more iterations than were asked for', { iterations: 21 }],
    ['no data', { data: undefined }],
    ['a message that steers the terminal', { warnings: [{ code: 'WARN_X', message: 'a\u001b[2Jb' }] }],
    ['something else than warnings', { warnings: 'many' }],
    ['megabytes', { warnings: [{ code: 'WARN_X', message: 'x'.repeat(70_000) }] }],
  ])('is refused with %s', (_, changed) => {
    expect(() => resultIn({ ...lineOf(result), ...changed })).toThrow(/^not the result of a trial/);
  });

  test('on other data, or of another trial, is a lost trial, not a result', () => {
    const other = { ...result, data: '0'.repeat(16) };
    for (const [id, line] of [
      [jobId, lineOf(other)],
      [`${trial.id}-21`, lineOf(result)],
    ] as const) {
      const outcomes = new StudyOutcomes(study);
      outcomes.take(id, line, job);
      expect([...outcomes.lost.values()]).toMatchObject([
        { id: trial.id, seed: 7, reason: /another trial|other data/ },
      ]);
      expect(outcomes.results.size).toBe(0);
    }
  });

  test('counts once', () => {
    const outcomes = new StudyOutcomes(study);
    expect(outcomes.take(jobId, lineOf(result))).toEqual(result);
    expect(outcomes.take(jobId, lineOf({ ...result, seconds: 9 }))).toBeUndefined();
    expect([...outcomes.results.values()]).toEqual([result]);
    expect(outcomes.take('round-0', 'x')).toBeUndefined();
  });
});

describe('a record', () => {
  test('is the study that was written', () => {
    const source = { data: '/data/iris.csv', reading: { label: 'species' }, prepare: { seed: 0, dtype: 'float32' } };
    const whole = studyOn(points(), { search: 'halving', trials: 9 }, { source } as never);
    expect(studyOf('one', JSON.parse(JSON.stringify(recordOf(whole))))).toEqual(whole);
  });

  test.each([
    ['another format', { format: 'x' }, /not one of this package/],
    ['a later version', { version: 2 }, /use the same everywhere/],
    ['no fingerprint', { data: 'x' }, /for data/],
    ['an impossible search', { search: { trials: -1 } }, /trials/],
    ['more than is known', { shell: 'rm' }, /shell/],
    [
      'a source of options that are not for reading',
      { source: { data: 'x', reading: { a: 1 }, prepare: null } },
      /a\b/,
    ],
  ])('with %s is refused', (_, changed, message) => {
    const error = { code: 'ERR_STUDY', message: expect.stringMatching(message) };
    expect(() => studyOf('one', { ...recordOf(study), ...changed })).toThrow(expect.objectContaining(error));
  });

  test.each(['', 'a b', 'a:b', '../x', 'x'.repeat(65), 7])('names such as %j are refused', (name) => {
    expect(() => checkStudyName(name)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  });

  test.each(['../secrets', 'a/b', '..', 'a\\b', ''])('a file that would be stored as %j is refused', (name) => {
    const file = { name, bytes: 1, sha256: '0'.repeat(64) };
    expect(() => checkSource({ data: 'https://x/y', file, reading: {}, prepare: null })).toThrow(/source\.file\.name/);
  });
});
