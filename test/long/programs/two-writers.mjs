// Asks for a results file until it has it, adds some results, and gives it up, again and again: node two-writers.mjs
// DIST FILE NAME ROUNDS. Prints JSON: how often it was refused, and errors that it should not have had.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [dist, path, name, rounds] = process.argv.slice(2);
const t = await import(`${dist}/index.js`);
const X = Float32Array.from(new t.RandomState(1).randn(40));
const part = { X: new t.Matrix(X, 4), y: Int32Array.from({ length: 10 }, (_, i) => i % 2) };
const space = { batchSize: 5, reg: [0.1, 0.2, 0.3] };
const found = await t.sweep({ train: part, validation: part }, { backend: 'js', numIters: 1, space });
const header = { search: found.search, data: 'hash', backend: 'js' };
let refused = 0;
const wrong = [];
for (let round = 0; round < Number(rounds); ) {
  try {
    const file = existsSync(path) ? (await t.ResultsFile.resume(path)).file : await t.ResultsFile.create(path, header);
    // Which process and round it was stands in a number of the line.
    for (const result of found.results) await file.add({ ...result, seconds: Number(name) * 1e6 + round });
    await file.close();
    round++;
  } catch (error) {
    if (error.code === 'ERR_LOCKED' && /process \d+ has a training or a search/.test(error.message)) refused++;
    // Created by the other one between the look and the try.
    else if (!/the file exists/.test(error.message)) wrong.push(`${error.code} ${error.message}`);
    await sleep(1);
  }
}
console.log(JSON.stringify({ refused, wrong }));
