/**
 * From a CSV file to a classifier in eight lines.
 *
 *   node examples/fruit.ts         Node 22.18 or newer
 *   npx tsx examples/fruit.ts      older
 *
 * The data in fruit.csv is made up: 50 apricots, 50 nectarines and 50 plums, drawn from normal distributions that
 * overlap a little. own-rows.ts does the same step by step, without `Classifier`.
 */
import { Classifier, loadDataset, RandomState } from 'two-layer-net';

const table = await loadDataset(`${import.meta.dirname}/fruit.csv`, { label: 'kind' });
const data = table.split({ test: 0.25 }, { random: new RandomState(0), stratify: true });
const classifier = await Classifier.fit(data);
const { accuracy, classes } = await classifier.evaluate(data.part('test'));
console.log(`${(100 * accuracy).toFixed(1)} % of the test rows are right`);
for (const { name, precision, recall } of classes) console.log(name, precision.toFixed(2), recall.toFixed(2));
console.log(classifier.predict([{ weight_g: 52, diameter_mm: 44.5, firmness_n: 19, sugar_brix: 12.5 }]));
