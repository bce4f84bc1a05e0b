/**
 * Reads damaged files of Parquet or Arrow one after the other, and says how each ended and how much memory it took at
 * most beyond what the process had after an intact one: the libraries are loaded then.
 *
 *   node hostile-columnar.mjs INTACT FILE…
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadDataset } from '../../../dist/index.js';

const [intact, ...files] = process.argv.slice(2);
const mebibytes = (field) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const read = (path) => loadDataset(path, { missing: 'mean' }).then(() => 'done');

const loaded = mebibytes('VmHWM');
await read(intact);
const library = mebibytes('VmHWM') - loaded;
const before = mebibytes('VmRSS');
for (const file of files) {
  // From here on, the peak is that of this file.
  writeFileSync('/proc/self/clear_refs', '5');
  const code = await read(file).catch((error) => error.code ?? String(error));
  process.stdout.write(`${JSON.stringify({ file, code, mebibytes: mebibytes('VmHWM') - before, library })}\n`);
}
