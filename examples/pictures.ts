/**
 * A folder of pictures: reads PNG and JPEG files from a folder per class, trains, and names the class of new pictures.
 *
 *   node examples/pictures.ts FOLDER NEW         Node 22.18 or newer
 *   npx tsx examples/pictures.ts FOLDER NEW      older
 *
 * FOLDER has a folder for each class, with its name; NEW is a picture or a folder of pictures. The package sharp reads
 * them: npm install sharp. A contact sheet of the pictures and the model are written into the working folder.
 */
import { basename } from 'node:path';
import { Classifier, loadDataset, loadRows, plotPictures, RandomState } from 'two-layer-net';

const [folder = 'pictures', unknown = 'new'] = process.argv.slice(2);

// 1. Read. All pictures are stretched to one size; a small one is enough to tell colours and coarse shapes apart.
const resize = '16x16';
const pictures = await loadDataset(folder, { resize });
console.log(`${pictures.train.X.rows} pictures of ${pictures.classNames.join(', ')}`);
await plotPictures(pictures).save('pictures.png');

// 2. Train, and test on a fifth of the pictures, of each class in proportion.
const data = pictures.split({ test: 0.2 }, { random: new RandomState(0), stratify: true });
const classifier = await Classifier.fit(data);
const { accuracy } = await classifier.evaluate(data.part('test'));
console.log(`${Math.round(100 * accuracy)} % of the test pictures are right`);
await classifier.save('pictures.safetensors');

// 3. Predict pictures that have no class yet, read in the same way.
const { X, files = [] } = await loadRows(unknown, { resize, inputSize: data.inputSize });
for (const [row, file] of files.entries()) {
  const [{ name, probability }] = classifier.top(X.slice(row, row + 1).data);
  console.log(`${basename(file)}: ${name} (${probability.toFixed(2)})`);
}
