/**
 * Reads a file and says how that ended, and how much memory it took at most:
 *
 *   node hostile-file.mjs loadModel|loadDataset|resume FILE
 */
import { readFileSync } from 'node:fs';

const [reader, file] = process.argv.slice(2);
/** Those of data, most of a hundred files, from a module of its own, which loads in half the time of the package. */
const readers = {
  loadModel: async () => (await import('../../../dist/index.js')).loadModel,
  loadDataset: async () => (await import('../../../dist/data/load-dataset.js')).loadDataset,
  async resume() {
    const { ResultsFile } = await import('../../../dist/index.js');
    return async (path) => (await ResultsFile.resume(path)).file.close();
  },
};
const read = await readers[reader]();
/** Kibibytes: those of this process alone, which `maxRSS` is not, since a process begins with its parent's. */
const peak = () =>
  process.platform === 'linux'
    ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    : process.resourceUsage().maxRSS;
const before = process.memoryUsage().rss / 1024;
let [code, message] = ['done', ''];
try {
  await read(file);
} catch (error) {
  code = error.code ?? String(error);
  message = error.message;
}
const mebibytes = (peak() - before) / 1024;
process.stdout.write(JSON.stringify({ code, message: message.slice(0, 300), mebibytes }));
