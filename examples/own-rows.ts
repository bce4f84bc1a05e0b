/**
 * A classifier for rows of your own: from a CSV file to a model file, and from the model file to a prediction.
 *
 *   node examples/own-rows.ts [MODEL]         Node 22.18 or newer
 *   npx tsx examples/own-rows.ts [MODEL]      older
 *
 * MODEL is where to write the model; a new temporary folder unless given.
 *
 * The data in fruit.csv are made up: 50 apricots, nectarines and plums each, drawn from normal distributions that
 * overlap a little. Nobody has weighed a fruit.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, loadModel, type Model, RandomState, saveModel, TwoLayerNet } from 'two-layer-net';

/** What brings a column to mean 0 and spread 1. */
interface Scale {
  means: number[];
  spreads: number[];
}

// 1. Read. Splitting at commas will do for a file without quoted fields; for others take a CSV library.
const [header, ...lines] = readFileSync(new URL('fruit.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/);
const columns = header.split(',').slice(0, -1);
const records = lines.map((line, i) => {
  const fields = line.split(',');
  const label = fields.pop() ?? '';
  const row = fields.map(Number);
  // Number('') is 0: a gap in the file would train as a weight of nothing.
  if (row.length !== columns.length || fields.includes('') || !row.every(Number.isFinite)) {
    throw new Error(`Expected ${columns.length} numbers and a label in line ${i + 2} but found ${line}`);
  }
  return { row, label };
});

// 2. Labels are class indices, 0 … C − 1; sorted, so that a class keeps its index when the rows change places.
const classNames = [...new Set(records.map(({ label }) => label))].sort();

// 3. Shuffle, since files are often sorted by class, and keep a third back to validate on.
const shuffled = new RandomState(0).permutation(records);
const numTraining = Math.round((shuffled.length * 2) / 3);
const training = shuffled.slice(0, numTraining);
const validation = shuffled.slice(numTraining);

// 4. Standardize, or the column with the largest numbers decides alone. Means and spreads are those of the training
// rows: taken from all rows they would tell the net something of the rows that it is to be judged by.
const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const means = columns.map((_, d) => average(training.map(({ row }) => row[d])));
// A column of one value has spread 0; divided by 1 it becomes zeros, divided by 0 NaN.
const spreads = columns.map((_, d) => Math.sqrt(average(training.map(({ row }) => (row[d] - means[d]) ** 2))) || 1);
const scale: Scale = { means, spreads };
const standardize = (row: number[], { means, spreads }: Scale) => row.map((x, d) => (x - means[d]) / spreads[d]);

const rowsOf = (part: typeof records) => part.map(({ row }) => standardize(row, scale));
const labelsOf = (part: typeof records) => part.map(({ label }) => classNames.indexOf(label));
const [X, y] = [rowsOf(training), labelsOf(training)];
const [Xval, yval] = [rowsOf(validation), labelsOf(validation)];

// 5. Train. std is about 1/√D and the learning rate large because the columns are of size 1 now; the defaults are for
// pixels of 0 … 255. learningRateDecay acts once per epoch, which with a hundred rows is every other iteration: 1, or
// the rate is gone before the net has learnt.
const net = new TwoLayerNet({
  inputSize: columns.length,
  hiddenSize: 16,
  numClasses: classNames.length,
  std: 1 / Math.sqrt(columns.length),
});
const options = { numIters: 500, batchSize: 50, learningRate: 0.1, learningRateDecay: 1, reg: 1e-3 };
const history = await net.train(X, y, Xval, yval, options);

// 6. Judge on the validation rows. The confusion matrix says which classes are taken for which.
const { accuracy, confusion } = evaluate(net, Xval, yval);
console.log(`training loss: ${history.lossHistory[0].toFixed(3)} → ${history.lossHistory.at(-1)?.toFixed(3)}`);
console.log(`validation accuracy: ${accuracy.toFixed(3)} (${validation.length} rows)\n`);
const cells = (row: readonly (string | number)[]) => row.map((cell) => String(cell).padStart(12)).join('');
console.log(cells(['taken for:', ...classNames]));
for (const [label, counts] of confusion.entries()) console.log(cells([classNames[label], ...counts]));

// 7. Save. Whoever loads the model needs the scale as well as the weights: settings hold whatever JSON can.
const file = process.argv[2] ?? join(mkdtempSync(join(tmpdir(), 'own-rows-')), 'fruit.safetensors');
await saveModel(file, { ...net, classNames, history, settings: { columns, ...scale } });
console.log(`\nsaved ${file}`);

// 8. Load, as another program would, and predict a new row: standardized as the training rows were.
const model = await loadModel(file);
const loaded = TwoLayerNet.fromParams(model.params);
const fruit = [52, 44.5, 19, 12.5];
const row = standardize(fruit, scaleOf(model));
const [predicted] = loaded.predict([row]);
const probability = loaded.probabilities([row])[predicted];
console.log(`${fruit.join(', ')}: ${model.classNames?.[predicted]}, probability ${probability.toFixed(3)}`);

/** The scale that step 7 put into the settings, which are `unknown` to TypeScript: a file may hold anything. */
function scaleOf({ inputSize, settings = {} }: Model): Scale {
  const { means, spreads } = settings;
  const isRow = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length === inputSize && value.every(Number.isFinite);
  if (!isRow(means) || !isRow(spreads)) throw new Error('Expected means and spreads in the settings of the model');
  return { means, spreads };
}
