// Saves everything that the package saves, with each call of the system failing in turn: see failing-calls.c. Prints
// JSON: how many points were tried, and what was wrong at which.
//
//   LD_PRELOAD=failing-calls.so FAULT_FOLDER=DIR node write-faults.mjs DIST ALL_ERRORS
import { accessSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const [dist, allErrors] = process.argv.slice(2);
const folder = process.env.FAULT_FOLDER;
const t = await import(`${dist}/index.js`);
const { predictCommand } = await import(`${dist}/cli/verbs/predict.js`);
const { EIO, ENOSPC, EPERM } = constants.errno;

const KINDS = ['open', 'write', 'fsync', 'rename', 'close', 'truncate', 'link'];
const ERRORS = allErrors === 'true' ? [EIO, ENOSPC, EPERM] : [EIO];

/** Asks the shim for a fault. */
function arm(kind, n, error) {
  try {
    accessSync(`/fault/${kind}/${n}/${error}`);
  } catch {}
}

function hasFired() {
  try {
    accessSync('/fault/fired');
    return true;
  } catch {
    return false;
  }
}

const X = Float32Array.from(new t.RandomState(1).randn(400));
const y = Int32Array.from({ length: 100 }, (_, i) => (X[4 * i] > 0 ? 1 : 0));
const part = { X: new t.Matrix(X, 4), y };
const newNet = () => new t.TwoLayerNet({ inputSize: 4, hiddenSize: 3, numClasses: 2, backend: 'js' });
const history = newNet().trainSync(X, y, null, null, { numIters: 5, batchSize: 10 });
const { results } = await t.sweep(
  { train: part, validation: part },
  { backend: 'js', numIters: 3, space: { batchSize: 10, reg: [0.1, 0.2, 0.3] } },
);
const found = await t.sweep(
  { train: part, validation: part },
  { backend: 'js', numIters: 3, space: { batchSize: 10 } },
);
const report = t.makeReport({
  created: new Date(0),
  settings: {},
  backend: t.backendInfo('js'),
  net: newNet(),
  history,
  status: 'done',
});
const [model, rows] = [join(folder, '..', 'model.safetensors'), join(folder, '..', 'rows.json')];
await t.saveModel(model, newNet());
writeFileSync(rows, JSON.stringify([[1, 2, 3, 4]]));

/** What writes one file, whole or not at all. */
const WHOLE = {
  ...Object.fromEntries(
    ['safetensors', 'onnx', 'json', 'npz', 'mjs'].map((end) => [
      `model.${end}`,
      (file) => t.saveModel(file, newNet(), end === 'mjs' || end === 'onnx' ? {} : { history }),
    ]),
  ),
  ...Object.fromEntries(
    ['npz', 'safetensors', 'csv', 'jsonl'].map((end) => [
      `data.${end}`,
      (file) => t.saveDataset(file, { train: part }),
    ]),
  ),
  'report.html': () => t.writeReport(folder, report),
  'predictions.json': (file) =>
    predictCommand().parseAsync([model, rows, '--backend', 'js', '--json', file], { from: 'user' }),
  'run.checkpoint': async (file) => {
    const checkpoint = { file };
    // A time that is always the same, to compare bytes.
    const { performance: clock } = globalThis;
    const now = clock.now;
    clock.now = () => 1000;
    try {
      await newNet().train(X, y, null, null, { numIters: 5, batchSize: 10, checkpoint });
    } finally {
      clock.now = now;
    }
  },
};

const wrong = [];
let points = 0;

/** Runs `action` with each fault, and `check` after it. */
async function everywhere(name, prepare, action, check) {
  for (const kind of KINDS) {
    for (const error of kind === 'write' ? [...ERRORS, 0] : ERRORS) {
      for (let n = 1; ; n++) {
        for (const left of readdirSync(folder)) rmSync(join(folder, left), { recursive: true });
        await prepare();
        arm(kind, n, error);
        let thrown;
        await action().catch((caught) => {
          thrown = caught;
        });
        const fired = hasFired();
        arm('none', 0, 0);
        if (!fired) break;
        points++;
        const where = `${name}: ${kind} ${n}, error ${error}`;
        const bad = await check(thrown, error);
        if (bad) wrong.push(`${where}: ${bad} (${thrown?.code} ${thrown?.message})`);
        const rest = readdirSync(folder).filter((file) => /\.tmp$|\.lock/.test(file));
        if (rest.length > 0) wrong.push(`${where}: left ${rest}`);
        if (n > 200) throw new Error(`${where} never ends`);
      }
    }
  }
}

const isCoded = ({ code }) => code === 'ERR_NOT_WRITABLE';

for (const [name, save] of Object.entries(WHOLE)) {
  const file = join(folder, name);
  await save(file);
  const fresh = readFileSync(file);
  // The old checkpoint is one of a training that has ended: others are not replaced.
  const old = name === 'run.checkpoint' ? fresh : Buffer.from('the old file');
  await everywhere(
    name,
    () => writeFileSync(file, old),
    () => save(file),
    (thrown, error) => {
      const bytes = existsSync(file) ? readFileSync(file) : Buffer.from('nothing');
      if (thrown && !isCoded(thrown)) return 'an error without its code';
      if (thrown && error === 0) return 'a short write is no error';
      if (!thrown && !bytes.equals(fresh)) return 'no error, and not the new file';
      if (!bytes.equals(fresh) && !bytes.equals(old)) return 'neither the old file nor the new one';
    },
  );
}

// The results of a search: what was told to be written is there, and all lines are whole.
const file = join(folder, 'results.jsonl');
const header = { search: found.search, data: 'hash', backend: 'js' };
let told;
await everywhere(
  'results.jsonl',
  () => {
    told = [];
  },
  async () => {
    const open = await t.ResultsFile.create(file, header);
    try {
      for (const result of results) {
        let failed = false;
        await open.add(result, () => {
          failed = true;
        });
        if (!failed) told.push(result.id);
      }
    } finally {
      await open.close();
    }
  },
  async (thrown, error) => {
    if (thrown && !isCoded(thrown)) return 'an error without its code';
    if (thrown && error === 0) return 'a short write is no error';
    if (!existsSync(file)) return thrown ? undefined : 'no file, and no error';
    const { file: again, saved, dropped } = await t.ResultsFile.resume(file);
    await again.close();
    if (dropped !== undefined) return 'a torn line';
    const there = saved.results.map(({ id }) => id);
    if (!thrown && there.length < results.length) return 'a line was lost without an error';
    const lost = told.filter((id) => !there.includes(id));
    if (lost.length > 0) return `told, and not there: ${lost}`;
  },
);

// A log: whole rows.
await everywhere(
  'log.csv',
  () => {},
  async () => {
    const log = t.historyLog(join(folder, 'log.csv'));
    const progress = {
      iteration: 5,
      numIters: 5,
      loss: 1,
      learningRate: 1,
      iterationsPerEpoch: 10,
      seconds: 1,
      history,
    };
    log(progress);
  },
  (thrown, error) => {
    if (thrown && !isCoded(thrown)) return 'an error without its code';
    if (thrown && error === 0) return 'a short write is no error';
    const text = existsSync(join(folder, 'log.csv')) ? readFileSync(join(folder, 'log.csv'), 'utf8') : '';
    if (text !== '' && !text.endsWith('\n')) return 'a torn row';
    if (!thrown && text.split('\n').length < 7) return 'rows lost without an error';
  },
);

process.stderr.write(JSON.stringify({ points, wrong }));
