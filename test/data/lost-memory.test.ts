/** A data set keeps the arrays that it is given, not copies: their memory may be taken away later. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { Dataset } from '../../src/data/dataset.js';
import { describeDataset } from '../../src/data/describe/describe-dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { saveDataset } from '../../src/data/save/save-dataset.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { plotPictures } from '../../src/report/pictures/plot-pictures.js';
import { plotWeights } from '../../src/report/pictures/plot-weights.js';
import { trainingState } from '../../src/training/state.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { sweep } from '../../src/tune/sweep.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();

function rows(count: number) {
  const X = new Float32Array(4 * count).fill(1);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  return { X, y, data: new Dataset({ train: { X: new Matrix(X, 4), y } }) };
}

function take({ buffer }: Float32Array | Int32Array): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

const DETACHED = { code: 'ERR_DETACHED' };
const OLD = 'precious\n';
const NAMES = ['a.csv', 'a.jsonl', 'a.npz', 'a.safetensors', 'X.npy'];

describe.each(['X', 'y'] as const)('without the memory of %s', (lost) => {
  it.each(NAMES)('saves nothing as %s, and keeps the file that is there', async (name) => {
    const { data, ...arrays } = rows(10);
    take(arrays[lost]);
    writeFileSync(inFolder(name), OLD);
    await expect(saveDataset(inFolder(name), data)).rejects.toMatchObject({
      ...DETACHED,
      message: expect.stringContaining(`train.${lost}`),
    });
    expect(readFileSync(inFolder(name), 'utf8')).toBe(OLD);
  });

  it.each(NAMES)('saves nothing as %s when it goes away meanwhile', async (name) => {
    const { data, ...arrays } = rows(400_000);
    const saved = saveDataset(inFolder(name), data).then(
      () => undefined,
      (error: unknown) => error,
    );
    await setImmediate();
    take(arrays[lost]);
    expect(await saved).toMatchObject(DETACHED);
    expect(existsSync(inFolder(name))).toBe(false);
  });

  it('is described by no wrong numbers', async () => {
    const before = rows(10);
    take(before[lost]);
    await expect(describeDataset(before.data)).rejects.toMatchObject(DETACHED);
    expect(() => fingerprint(before.data)).toThrow(expect.objectContaining(DETACHED));
    const { data, ...arrays } = rows(400_000);
    const described = describeDataset(data);
    take(arrays[lost]);
    await expect(described).rejects.toMatchObject(DETACHED);
  });

  it('is not trained on, searched or drawn', async () => {
    const { data, ...arrays } = rows(10);
    take(arrays[lost]);
    await expect(Classifier.fit(data)).rejects.toMatchObject(DETACHED);
    await expect(sweep(data)).rejects.toMatchObject(DETACHED);
    expect(() => plotPictures(data)).toThrow(expect.objectContaining(DETACHED));
  });

  it('is not divided or centered', () => {
    const { data, ...arrays } = rows(10);
    take(arrays[lost]);
    expect(() => data.split({ test: 0.2 })).toThrow(expect.objectContaining(DETACHED));
    expect(() => data.center()).toThrow(expect.objectContaining(DETACHED));
  });
});

describe('an array that lost its memory', () => {
  const lost = () => {
    const array = new Float32Array(8);
    take(array);
    return array;
  };

  it('is not shuffled or permuted', () => {
    const random = new RandomState(1);
    expect(() => random.shuffle(lost())).toThrow(expect.objectContaining(DETACHED));
    expect(() => random.permutation(lost())).toThrow(expect.objectContaining(DETACHED));
    expect(random.getState()).toEqual(new RandomState(1).getState());
  });

  it.each(['params.W1', 'slots[0].b1', 'mean'])('is not kept as %s of a state, or drawn', async (place) => {
    const net = new TwoLayerNet({
      inputSize: 4,
      hiddenSize: 3,
      numClasses: 2,
      backend: 'js',
      mean: new Float64Array(4),
    });
    const { data } = rows(10);
    const history = net.trainSync(data.train.X, data.train.y, null, null, { numIters: 1, batchSize: 2, momentum: 0.9 });
    const arrays = { 'params.W1': net.params.W1, 'slots[0].b1': net.slots[0].b1, mean: net.mean };
    take(arrays[place as keyof typeof arrays] as Float32Array);
    const refused = expect.objectContaining({ ...DETACHED, message: expect.stringContaining(`for ${place} `) });
    expect(() => trainingState(net, history)).toThrow(refused);
    if (place === 'params.W1') expect(() => plotWeights(net)).toThrow(refused);
  });
});
