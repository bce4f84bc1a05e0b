/** Nothing that predictions need is lost on the way: what a model cannot keep is refused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { sweepClassifier } from '../../src/classifier/sweep-classifier.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import type { Model } from '../../src/model/model-types.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { smallNet } from '../support/small-net.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

const inFolder = freshFolder();

describe('a plain object with a field that a model does not have', () => {
  const { params, inputSize, hiddenSize, numClasses, dtype, mean } = smallNet('float32');
  const plain = { params, inputSize, hiddenSize, numClasses, dtype };

  it.each<[object, RegExp]>([
    [{ means: mean }, /Unknown option "means" in the model: did you mean mean\?/],
    [{ class_names: ['a', 'b', 'c'] }, /did you mean classNames\?/],
    [{ classes: ['a', 'b', 'c'] }, /did you mean classNames\?/],
    [{ scaler: { mean } }, /did you mean scale\?/],
    [{ epoch: 3 }, /Unknown option "epoch" in the model: valid options are params, /],
  ])('is refused: %o', async (more, message) => {
    const refused = { code: 'ERR_UNKNOWN_OPTION', message: expect.stringMatching(message) };
    const model = { ...plain, ...more } as unknown as Model;
    expect(await rejection(saveModel(inFolder('m.json'), model))).toMatchObject(refused);
    expect(() => TwoLayerNet.fromModel(model)).toThrow(expect.objectContaining(refused));
  });

  it('is none if it is a net, a copy of one, or a class of its own', async () => {
    class Named extends TwoLayerNet {
      readonly title = 'mine';
    }
    const named = new Named({ ...plain, backend: 'js', mean });
    for (const model of [named, structuredClone({ ...smallNet('float32'), random: undefined })]) {
      await saveModel(inFolder('m.json'), model as Model);
      expect((await loadModel(inFolder('m.json'))).mean).toEqual(mean);
    }
  });
});

describe('the net of a classifier that scales its rows', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i, 1000 - (i % 7)]);
  const labels = rows.map(([first]) => (first < 20 ? 'low' : 'high'));
  let classifier: Classifier;

  beforeAll(async () => {
    classifier = await Classifier.fit(rows, labels, { backend: 'js', epochs: 3, hiddenSize: 4 });
  });

  it('is not saved without the scaling, nor made from its parameters', async () => {
    const refused = { code: 'ERR_CONFLICT', message: expect.stringMatching(/classifier\.save\(file\)/) };
    expect(await rejection(saveModel(inFolder('c.json'), classifier.net))).toMatchObject(refused);
    await classifier.save(inFolder('c.json'));
    const loaded = await loadModel(inFolder('c.json'));
    for (const { params } of [classifier.net, loaded]) {
      expect(() => TwoLayerNet.fromParams(params)).toThrow(/those of a Classifier, which scales rows: .*toModel\(\)/);
    }
    const plain = TwoLayerNet.fromParams(classifier.net.params, { mean: undefined, backend: 'js' });
    expect(plain.mean).toBeUndefined();
    expect(Classifier.fromModel(loaded).predict(rows)).toEqual(classifier.predict(rows));
    expect(Classifier.fromModel(structuredClone(classifier.toModel())).predict(rows)).toEqual(classifier.predict(rows));
  });

  it('is refused after further training, after loading, and out of a search', async () => {
    const more = await Classifier.fit(rows, labels, { backend: 'js', epochs: 1, hiddenSize: 4 });
    await more.partialFit(rows, labels);
    const again = Classifier.fromModel(structuredClone(more.toModel()));
    const space = { hiddenSize: 4, learningRate: 0.01, reg: 0.1 };
    const { best } = await sweepClassifier(rows, labels, { space, numIters: 3, backend: 'js' });
    for (const net of [more.net, again.net, best?.net]) {
      expect(await rejection(saveModel(inFolder('n.json'), net as TwoLayerNet))).toMatchObject({
        code: 'ERR_CONFLICT',
      });
    }
  });

  it('is saved as it is if nothing is scaled', async () => {
    const plain = await Classifier.fit(rows, labels, { backend: 'js', epochs: 1, hiddenSize: 4, standardize: false });
    await saveModel(inFolder('p.json'), plain.net);
    expect((await loadModel(inFolder('p.json'))).classNames).toEqual(['high', 'low']);
  });
});
