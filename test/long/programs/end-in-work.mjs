// Ends in the middle of work: node end-in-work.mjs WORK BACKEND END FOLDER. END is `exit`, `throw`, or `wait` for a
// signal. In the folder it leaves a model, saved before the work; the results of a search; and a log of the training,
// of which it prints each iteration that is in the file.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { historyLog, RandomState, saveModel, TwoLayerNet } from '../../../dist/index.js';
import { WORKS } from './work.mjs';

const [work, backend, end, folder] = process.argv.slice(2);
const sizes = { inputSize: 64, hiddenSize: 32, numClasses: 3, std: 1 };
await saveModel(join(folder, 'model.safetensors'), new TwoLayerNet({ ...sizes, random: new RandomState(5) }));

const log = historyLog(join(folder, 'log.csv'));
const wait = Math.random() * 50;
let begun = 0;

function endNow() {
  if (end === 'exit') process.exit(7);
  if (end === 'throw') throw new Error('thrown on purpose');
}

await WORKS[work](
  backend,
  (progress) => {
    if (progress?.history) {
      log(progress);
      writeSync(1, `${progress.history.lossHistory.length}\n`);
    }
    if (begun === 0) {
      writeSync(1, 'begun\n');
      begun = performance.now();
      // Where the work leaves this thread its turns.
      setTimeout(endNow, wait);
    }
    if (work === 'trainSync' && performance.now() - begun >= wait) endNow();
  },
  join(folder, 'results.jsonl'),
);
