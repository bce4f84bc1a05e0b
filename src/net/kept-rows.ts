/** The rows of a training, in memory that lasts as long as it. */
import type { LabelledRows } from '../../binding.js';
import { keepArray } from '../platform/lasting.js';

/** The rows of a training. */
export interface TrainingRows {
  readonly training: LabelledRows;
  /** Null without. */
  readonly validation: LabelledRows | null;
}

/** Rows whose memory is kept until it is released. */
export interface KeptRows extends TrainingRows {
  /** Whether their memory can go away all the same, in ways that cannot be prevented. */
  readonly guarded: boolean;
  readonly release: () => void;
}

/** For a training on this thread: a backend looks at the rows after each report, when other code ran. */
export function whereTheyAre(rows: TrainingRows): KeptRows {
  return { ...rows, guarded: false, release: () => undefined };
}

/** For a training in the background: see `keepArray`. */
export function keepRows({ training, validation }: TrainingRows): KeptRows {
  const first = keepArray(training.rows.data);
  const same = validation?.rows.data === training.rows.data;
  const second = validation && !same ? keepArray(validation.rows.data) : undefined;
  const withData = (part: LabelledRows, data: LabelledRows['rows']['data']) => ({
    ...part,
    rows: { ...part.rows, data },
  });
  return {
    training: withData(training, first.array),
    validation: validation && withData(validation, (second ?? first).array),
    guarded: first.guarded || second?.guarded === true,
    release: () => {
      first.release();
      second?.release();
    },
  };
}
