/**
 * Handwritten digits: reads the files of MNIST or Fashion-MNIST, trains, and draws what the hidden units look for.
 *
 *   node examples/mnist.ts FOLDER         Node 22.18 or newer
 *   npx tsx examples/mnist.ts FOLDER      older
 *
 * FOLDER has train-images-idx3-ubyte, train-labels-idx1-ubyte and the same of t10k, with or without .gz, as they are
 * downloaded. The model and the picture go there too.
 */
import { join } from 'node:path';
import { Classifier, loadDataset, plotWeights } from 'two-layer-net';

const [folder = 'mnist'] = process.argv.slice(2);

// 1. Read. Pixels stay bytes: 60 000 pictures take 47 MB.
const data = await loadDataset(folder);
const { imageShape, train } = data;
console.log(`${train.X.rows} pictures of ${imageShape?.height} · ${imageShape?.width} pixels`);

// 2. Train. A tenth of the pictures is held out, and training ends when it no longer gains there.
const classifier = await Classifier.fit(data, {
  hiddenSize: 128,
  onEpochEnd: ({ epoch, valAccuracy }) => {
    if (epoch % 10 === 0) console.log(`epoch ${epoch}: validation accuracy ${valAccuracy?.toFixed(3)}`);
  },
});

// 3. Test on pictures that training has not seen, and name the pair of classes that is confused most.
const { accuracy, confusion } = await classifier.evaluate(data.part('test'));
console.log(`test accuracy ${accuracy.toFixed(3)}`);
const mistakes = confusion.flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })));
const [worst] = mistakes.filter(({ label, predicted }) => label !== predicted).sort((a, b) => b.count - a.count);
console.log(`${worst.count} pictures of class ${worst.label} were taken for class ${worst.predicted}`);

// 4. Keep the model, and look at its weights.
await classifier.save(join(folder, 'digits.safetensors'));
await plotWeights(classifier.net, { imageShape, order: 'norm' }).save(join(folder, 'weights.png'));
console.log(`saved ${join(folder, 'digits.safetensors')} and ${join(folder, 'weights.png')}`);
