/** What the trainings of a search warned of, gathered. */
import type { TrainingWarning } from '../training/warnings/warning.js';
import type { TrialResult } from './trial.js';

/**
 * Each kind of warning once, in a sentence with the number of trials that had it; that of the best trial, if it had it,
 * in its words. Trials that ended in an earlier round of a halving say nothing.
 *
 * @param numIters - iterations of the last round
 * @param best - the best trial; undefined if every trial diverged
 */
export function gatherWarnings(
  results: readonly TrialResult[],
  numIters: number,
  best: TrialResult | undefined,
): string[] {
  const judged = results.filter((result) => result.numIters === numIters);
  const kinds = new Map<TrainingWarning['code'], TrialResult[]>();
  for (const result of judged) {
    for (const { code } of result.warnings ?? []) {
      const warned = kinds.get(code);
      if (warned) warned.push(result);
      else kinds.set(code, [result]);
    }
  }
  return [...kinds].map(([code, warned]) => {
    const ofBest = best && warned.includes(best);
    const { message } = messageOf(ofBest ? best : warned[0], code);
    const count = judged.length === 1 ? 'In the only trial' : `In ${warned.length} of ${judged.length} trials`;
    return `${count}${ofBest && judged.length > 1 ? ', the best among them' : ''}: ${message}`;
  });
}

function messageOf({ warnings = [] }: TrialResult, code: TrainingWarning['code']): TrainingWarning {
  return warnings.find((warning) => warning.code === code) as TrainingWarning;
}
