/** The history of a training to continue. */
import { checkNumber } from '../validation/check.js';
import { withCode, wrongType } from '../validation/errors.js';
import type { TrainingHistory } from './history.js';

/**
 * Checks a history that a training for `numIters` iterations can continue.
 *
 * @returns the iterations that it has made
 */
export function checkHistory(history: TrainingHistory, numIters: number): number {
  if (typeof history !== 'object' || history === null) throw wrongType('the history of a training for resume', history);
  for (const name of ['lossHistory', 'trainAccHistory', 'valAccHistory'] as const) {
    const list: unknown = history[name];
    if (!Array.isArray(list)) throw wrongType(`an array for resume.${name}`, list);
    // Naming each number would take longer than a small training.
    const bad = list.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) checkNumber(list[bad], `resume.${name}[${bad}]`);
  }
  // A rate that decays for long becomes 0.
  checkNumber(history.learningRate, 'resume.learningRate', { min: 0 });
  checkNumber(history.seconds, 'resume.seconds', { min: 0 });
  const { noiseSeed, learningRateHistory } = history as Partial<TrainingHistory>;
  if (noiseSeed !== undefined) {
    checkNumber(noiseSeed, 'resume.noiseSeed', { integer: true, min: 0, max: 2 ** 31 - 1 });
  }
  if (learningRateHistory !== undefined && !Array.isArray(learningRateHistory)) {
    throw wrongType('an array for resume.learningRateHistory', learningRateHistory);
  }
  const done = history.lossHistory.length;
  if (done < numIters) return done;
  throw withCode(
    new RangeError(
      `Expected numIters above the ${done} iterations that resume has made but received ${numIters}: ` +
        'it is the total, including those',
    ),
    'ERR_OUT_OF_RANGE',
  );
}
