/** What a training has to say about itself, when it ran to its end but probably learnt nothing. */

/** What is wrong, for programs. Messages may change; codes stay. */
export type TrainingWarningCode =
  /** The typical value of one column is more than a thousand times the largest of another. */
  | 'WARN_COLUMN_SCALES'
  /** A class has no training row, though nobody declared it. */
  | 'WARN_EMPTY_CLASS'
  /** The loss rose to more than a thousand times that of its start, or of guessing: divergence, though finite. */
  | 'WARN_LOSS_ROSE'
  /** The learning rate fell below a millionth of its start. */
  | 'WARN_LEARNING_RATE_VANISHED'
  /** After a hundred iterations or more the loss is not below that of guessing, ln C. */
  | 'WARN_LOSS_OF_GUESSING'
  /** After a hundred iterations or more all rows are predicted as one class, though there are others. */
  | 'WARN_ONE_CLASS';

/** Settings under which nothing is learnt, and what to do about them. */
export interface TrainingWarning {
  readonly code: TrainingWarningCode;
  /** What is wrong, with its numbers, and what to do: sentences for people. */
  readonly message: string;
}

/** Iterations after which a training should have learnt something. */
export const A_WHILE = 100;

/** A number in a message, with three digits. */
export function words(value: number): string {
  return String(Number(value.toPrecision(3)));
}
