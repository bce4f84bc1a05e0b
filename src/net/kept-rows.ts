/** The rows of a training, in memory that lasts as long as it. */
import type { LabelledRows } from '../../binding.js';
import { keepArray } from '../platform/lasting.js';
import type { KeptRows, TrainingRows } from '../training/run-options.js';

/** For a training on this thread: a backend looks at the rows after each report, when other code ran. */
export function whereTheyAre(rows: TrainingRows): KeptRows {
  return { ...rows, guarded: false, copying: [], release: () => undefined };
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
    copying: [first.copying, second?.copying ?? null].filter((pieces) => pieces !== null),
    release: () => {
      first.release();
      second?.release();
    },
  };
}
