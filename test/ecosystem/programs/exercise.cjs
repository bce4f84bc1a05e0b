/**
 * What a user does with the package: train, save, load, draw and search, and see mistakes by their codes. Everything
 * that tries the package in another program calls it, and compares what it returns.
 */
/** Numbers in one word, by which they are compared: FNV-1a of their bytes. */
function hash({ buffer }) {
  return new Uint8Array(buffer).reduce((sum, byte) => Math.imul(sum ^ byte, 16777619), 2166136261);
}

/** The code of what a promise is rejected with; the error itself, in words, if it has none. */
async function codeOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error.code ?? `${error}`;
  }
  return 'none';
}

/**
 * @param t - the package
 * @param folder - an empty folder to write to
 */
exports.exercise = async function exercise(t, folder) {
  const file = (name) => `${folder}/${name}`;
  const X = Float32Array.from(new t.RandomState(1).randn(2000));
  const y = Int32Array.from({ length: 500 }, (_, i) => (X[4 * i] > 0 ? 1 : 0));
  const part = { X: new t.Matrix(X, 4), y };
  const data = { train: part, validation: part };
  const options = { numIters: 100, batchSize: 50, learningRate: 0.1 };
  const sizes = { inputSize: 4, hiddenSize: 8, numClasses: 2, std: 0.5 };
  const net = new t.TwoLayerNet({ ...sizes, random: new t.RandomState(3) });
  const history = await net.train(data, options);
  for (const name of ['model.npz', 'model.safetensors']) await t.saveModel(file(name), net);
  const loaded = [];
  for (const name of ['model.npz', 'model.safetensors']) {
    const scores = t.TwoLayerNet.fromModel(await t.loadModel(file(name))).scores(X);
    loaded.push(scores.every((score, i) => score === net.scores(X)[i]));
  }
  await t.saveDataset(file('data.npz'), { train: part });
  const { results, best } = await t.sweep(data, { numIters: 20 });
  const stop = new AbortController();
  const aborted = codeOf(t.sweep(data, { numIters: 1e6, signal: stop.signal }));
  setTimeout(() => stop.abort(), 50);
  const wild = new t.TwoLayerNet(sizes).train(data, { ...options, learningRate: 1e20 });
  const diverged = await wild.catch((error) => [error.code, error instanceof t.DivergedError]);
  const { backend, file: addon, reasons } = t.backendInfo();
  return {
    backend,
    addon,
    reasons,
    accuracy: history.trainAccHistory.at(-1) > 0.9,
    weights: hash(net.params.W1),
    loaded,
    rows: (await t.loadDataset(file('data.npz'))).train.y.length,
    curve: t.plotHistory(history).svg.slice(0, 4),
    page: (await t.writeReport(file('report'), t.makeReport({ backend: t.backendInfo(), history }))).endsWith(
      'report.html',
    ),
    trials: results.length,
    best: best.net.numClasses,
    diverged,
    aborted: await aborted,
    missing: [await codeOf(t.loadModel(file('none.npz'))), await codeOf(t.loadDataset(file('none')))],
    unwritable: await codeOf(t.saveModel(file('none/model.npz'), net)),
  };
};

/** What it returns wherever the addon computes, whatever its file is. */
exports.EXPECTED = {
  accuracy: true,
  loaded: [true, true],
  rows: 500,
  curve: '<svg',
  page: true,
  trials: 6,
  best: 2,
  diverged: ['ERR_DIVERGED', true],
  aborted: 'ABORT_ERR',
  missing: ['ERR_MODEL_FILE', 'ERR_DATA_FILE'],
  unwritable: 'ERR_NOT_WRITABLE',
};
