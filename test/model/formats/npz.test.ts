import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Classifier } from '../../../src/classifier/classifier.js';
import { loadModel, saveModel } from '../../../src/model/model.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import { npy, npz } from '../../support/array-files.js';
import { expectRefused, fullModel } from '../../support/model-files.js';
import { describeWithPython, python } from '../../support/python.js';
import { BYTES, expectClose, expectSameProbabilities, scaledModel, smallNet } from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();
const rows = Array.from({ length: 7 }, (_, row) => [...BYTES.subarray(6 * row, 6 * row + 6)]);

describe('npz', () => {
  it.each(['float32', 'float64'] as const)('gives back every number and text bit for bit, in %s', async (dtype) => {
    await saveModel(inFolder('m.npz'), fullModel(dtype));
    expect(await loadModel(inFolder('m.npz'))).toStrictEqual(fullModel(dtype));
  });

  it('keeps all of a classifier', async () => {
    const table = rows.map((row) => ({ a: row[0], kind: row[1] % 2 ? 'odd' : 'even', b: row[2] }));
    const columns = [
      { name: 'a', type: 'number' },
      { name: 'kind', type: 'category', categories: ['even', 'odd'] },
      { name: 'b', type: 'number' },
    ] as const;
    const { params, numClasses, mean, scale } = scaledModel('float64');
    const model = {
      params: { ...params, W1: params.W1.slice(0, 4 * 5) },
      inputSize: 4,
      hiddenSize: 5,
      numClasses,
      dtype: 'float64',
      mean: mean?.slice(0, 4),
      scale: scale?.slice(0, 4),
      classNames: ['1', '2', '30'],
      labelType: 'number',
      columns,
    } as const;
    const classifier = Classifier.fromModel(model);
    await classifier.save(inFolder('c.npz'));
    const loaded = await Classifier.load(inFolder('c.npz'));
    expect(loaded.classes).toEqual([1, 2, 30]);
    expect(loaded.probabilities(table)).toStrictEqual(classifier.probabilities(table));
  });

  const [W1, b1] = [npy('<f4', [2, 3], new Float32Array(6)), npy('<f4', [3], new Float32Array(3))];
  const [W2, b2] = [npy('<f4', [3, 2], new Float32Array(6)), npy('<f4', [2], new Float32Array(2))];
  const good = { W1, b1, W2, b2 };
  const text = (value: string, shape: number[] = []) => {
    const texts = shape.length === 0 ? [value] : value.split(' ');
    const width = Math.max(...texts.map(({ length }) => length));
    const units = texts.flatMap((one) => Array.from({ length: width }, (_, i) => one.charCodeAt(i) || 0));
    return npy(`<U${width}`, shape, Uint32Array.from(units));
  };

  it('reads the arrays of another program, with a list of class names', async () => {
    writeFileSync(inFolder('m.npz'), npz({ ...good, class_names: text('cat doge', [2]), more: W1 }, 6));
    const model = await loadModel(inFolder('m.npz'));
    expect(model).toMatchObject({ inputSize: 2, hiddenSize: 3, numClasses: 2, classNames: ['cat', 'doge'] });
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['the arrays of a data set', { X: W1, y: b1 }, /tensors W1, b1, W2 and b2, found no W1 but "X", "y"/],
    ['a vector of another length', { ...good, b1: b2 }, /b1/],
    ['numbers that are not finite', { ...good, b2: npy('<f4', [2], Float32Array.of(1, Number.NaN)) }, /b2.*NaN/],
    ['text for numbers', { ...good, W1: text('abc') }, /numbers in W1.npy .* found text/],
    ['numbers for text', { ...good, settings: b1 }, /a text for settings/],
    ['texts for a text', { ...good, settings: text('a b', [2]) }, /a text for settings/],
    ['settings that are no JSON', { ...good, settings: text('{') }, /JSON for settings/],
    ['a version of the future', { ...good, format: text('two-layer-net'), format_version: text('2') }, /newer version/],
    ['an array with too few bytes', { ...good, W1: W1.subarray(0, -4) }, /24 bytes, as the shape \(2, 3\) needs/],
    ['no arrays', { a: new Uint8Array(3) }, /found no W1 but "a"/],
  ])('is refused with %s', async (_, arrays, message) => {
    await expectRefused(loadModel, inFolder('bad.npz'), npz(arrays), message);
  });
});

describeWithPython('NumPy', ['numpy'], () => {
  it.each(['float32', 'float64'] as const)('reads what saveModel writes, without pickles, in %s', async (dtype) => {
    const net = smallNet(dtype);
    await saveModel(inFolder('m.npz'), net, { settings: { seed: 3 } });
    const read = `
import json, sys, numpy
m = numpy.load(sys.argv[1], allow_pickle=False)
x = numpy.array(json.loads(sys.argv[2]), dtype=m['W1'].dtype)
scores = numpy.maximum(0, (x - m['mean']) @ m['W1'] + m['b1']) @ m['W2'] + m['b2']
e = numpy.exp(scores - scores.max(axis=1, keepdims=True))
print(json.dumps({
    'names': json.loads(str(m['class_names'])), 'settings': json.loads(m['settings'].item()),
    'shapes': {key: list(m[key].shape) for key in m.files}, 'dtype': str(m['W1'].dtype),
    'probabilities': (e / e.sum(axis=1, keepdims=True)).ravel().tolist(),
}))`;
    const found = python<Record<string, unknown>>(read, inFolder('m.npz'), JSON.stringify(rows));
    expect(found).toMatchObject({ names: net.classNames, settings: { seed: 3 }, dtype });
    expect(found.shapes).toMatchObject({ W1: [6, 5], b1: [5], W2: [5, 3], b2: [3], mean: [6], class_names: [] });
    expectSameProbabilities(found.probabilities as number[], net);
  });

  it.each(['savez', 'savez_compressed'])('writes models with %s, which are read', async (save) => {
    const write = `
import json, sys, numpy
r = numpy.random.RandomState(0)
W1, b1, W2, b2 = r.randn(6, 5) / 100, r.randn(5), r.randn(5, 3), r.randn(3)
x = numpy.array(json.loads(sys.argv[2]))
names = ['cat', 'häst', 'x']
numpy.${save}(sys.argv[1], W1=numpy.asfortranarray(W1), b1=b1, W2=W2.astype('>f8'), b2=b2, class_names=names)
scores = numpy.maximum(0, x @ W1 + b1) @ W2 + b2
print(json.dumps(scores.ravel().tolist()))`;
    const scores = python<number[]>(write, inFolder('p.npz'), JSON.stringify(rows));
    const model = await loadModel(inFolder('p.npz'));
    expect(model).toMatchObject({ dtype: 'float64', classNames: ['cat', 'häst', 'x'] });
    expectClose(TwoLayerNet.fromModel(model).scores(rows), scores);
  });
});
