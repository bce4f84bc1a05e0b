/**
 * A classifier for rows of your own: from a CSV file to a model file, and from the model file to a prediction.
 *
 *   node examples/own-rows.ts [MODEL]         Node 22.18 or newer
 *   npx tsx examples/own-rows.ts [MODEL]      older
 *
 * MODEL is the file to write the model to; by default it goes into a new temporary folder.
 *
 * The data in fruit.csv is made up: 50 apricots, 50 nectarines and 50 plums, drawn from normal distributions that
 * overlap a little.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset, evaluate, loadModel, type Model, RandomState, saveModel, TwoLayerNet } from 'two-layer-net';

/** The mean and standard deviation of each column. */
interface Scale {
  means: number[];
  spreads: number[];
}

// 1. Read. Splitting at commas is enough for a file without quoted fields. For others, use a CSV library.
const [header, ...lines] = readFileSync(new URL('fruit.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/);
const columns = header.split(',').slice(0, -1);
const records = lines.map((line, i) => {
  const fields = line.split(',');
  const label = fields.pop() ?? '';
  const row = fields.map(Number);
  // Number('') is 0, so a gap in the file would be trained on as if it were a measurement.
  if (row.length !== columns.length || fields.includes('') || !row.every(Number.isFinite)) {
    throw new Error(`Expected ${columns.length} numbers and a label in line ${i + 2} but found ${line}`);
  }
  return { row, label };
});

// 2. Labels are class indices, 0 … C − 1. Sort the names, so that indices do not depend on the order of the rows.
const classNames = [...new Set(records.map(({ label }) => label))].sort();

// 3. Shuffle, since files are often sorted by class, and hold back a third of the rows for validation.
const shuffled = new RandomState(0).permutation(records);
const numTraining = Math.round((shuffled.length * 2) / 3);
const training = shuffled.slice(0, numTraining);
const validation = shuffled.slice(numTraining);

// 4. Standardize each column; otherwise the one with the largest numbers dominates. Use only the training rows for the
// means and spreads: the others would leak information about the rows that the net is evaluated on.
const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const means = columns.map((_, d) => average(training.map(({ row }) => row[d])));
// A constant column has spread 0. Divided by 1 it becomes zeros; divided by 0 it would become NaN.
const spreads = columns.map((_, d) => Math.sqrt(average(training.map(({ row }) => (row[d] - means[d]) ** 2))) || 1);
const scale: Scale = { means, spreads };
const standardize = (row: number[], { means, spreads }: Scale) => row.map((x, d) => (x - means[d]) / spreads[d]);

const labelled = (part: typeof records) => ({
  X: part.map(({ row }) => standardize(row, scale)),
  y: part.map(({ label }) => classNames.indexOf(label)),
});
const data = new Dataset({ train: labelled(training), validation: labelled(validation), classNames });

// 5. Train. The columns now have size 1, so std is about 1/√D and the learning rate is large; the defaults are for
// pixels of 0 … 255. learningRateDecay acts once per epoch, which is every other iteration for a hundred rows. Set it
// to 1, or the learning rate vanishes before the net has learnt anything.
const net = new TwoLayerNet({
  inputSize: data.inputSize,
  hiddenSize: 16,
  numClasses: data.numClasses,
  std: 1 / Math.sqrt(data.inputSize),
});
const options = { numIters: 500, batchSize: 50, learningRate: 0.1, learningRateDecay: 1, reg: 1e-3 };
const history = await net.train(data, options);

// 6. Evaluate on the validation rows. The confusion matrix shows which classes are mistaken for which.
const { accuracy, confusion } = evaluate(net, data.part('validation'));
console.log(`training loss: ${history.lossHistory[0].toFixed(3)} → ${history.lossHistory.at(-1)?.toFixed(3)}`);
console.log(`validation accuracy: ${accuracy.toFixed(3)} (${validation.length} rows)\n`);
const cells = (row: readonly (string | number)[]) => row.map((cell) => String(cell).padStart(12)).join('');
console.log(cells(['predicted:', ...classNames]));
for (const [label, counts] of confusion.entries()) console.log(cells([classNames[label], ...counts]));

// 7. Save. The file holds the weights and the class names. Predictions also need the scale: settings can hold any JSON.
const file = process.argv[2] ?? join(mkdtempSync(join(tmpdir(), 'own-rows-')), 'fruit.safetensors');
await saveModel(file, net, { history, settings: { columns, ...scale } });
console.log(`\nsaved ${file}`);

// 8. Load, as another program would, and predict a new row, standardized like the training rows.
const model = await loadModel(file);
const loaded = TwoLayerNet.fromModel(model);
const fruit = [52, 44.5, 19, 12.5];
const row = standardize(fruit, scaleOf(model));
const [predicted] = loaded.predict([row]);
const probability = loaded.probabilities([row])[predicted];
console.log(`${fruit.join(', ')}: ${loaded.classNames?.[predicted]}, probability ${probability.toFixed(3)}`);

/** The scale that step 7 stored in the settings. Their types are `unknown`, since a file may contain anything. */
function scaleOf({ inputSize, settings = {} }: Model): Scale {
  const { means, spreads } = settings;
  const isRow = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length === inputSize && value.every(Number.isFinite);
  if (!isRow(means) || !isRow(spreads)) throw new Error('Expected means and spreads in the settings of the model');
  return { means, spreads };
}
