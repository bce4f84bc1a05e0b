/**
 * Reads a file and says how that ended, and how much memory it took at most:
 *
 *   node hostile-file.mjs loadModel|loadDataset|resume FILE
 */
import { readFileSync } from 'node:fs';
import * as t from '../../../dist/index.js';

const [reader, file] = process.argv.slice(2);
const readers = {
  loadModel: t.loadModel,
  loadDataset: t.loadDataset,
  resume: async (path) => (await t.ResultsFile.resume(path)).file.close(),
};
/** Kibibytes: those of this process alone, which `maxRSS` is not, since a process begins with its parent's. */
const peak = () =>
  process.platform === 'linux'
    ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    : process.resourceUsage().maxRSS;
const before = process.memoryUsage().rss / 1024;
let [code, message] = ['done', ''];
try {
  await readers[reader](file);
} catch (error) {
  code = error.code ?? String(error);
  message = error.message;
}
const mebibytes = (peak() - before) / 1024;
process.stdout.write(JSON.stringify({ code, message: message.slice(0, 300), mebibytes }));
