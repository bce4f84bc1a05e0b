import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Classifier, FitAbortedError } from '../../src/classifier/classifier.js';
import type { EnsembleOptions } from '../../src/classifier/ensemble.js';
import { Dataset } from '../../src/data/dataset.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { RandomState } from '../../src/random/random-state.js';
import { describeOnBackends } from '../support/backends.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

const random = new RandomState(5);
const NAMES = ['ash', 'elm', 'oak'];
const labels = Array.from({ length: 90 }, (_, i) => NAMES[i % 3]);
/** Columns of very different scales, in clusters that overlap. */
const rows = labels.map((_, i) => [1e4 * ((i % 3) + random.randn()), 1e-3 * random.randn(), 7]);
const brisk = { epochs: 4, seed: 3, hiddenSize: 8 } satisfies EnsembleOptions;
const folder = sharedFolder();

describeOnBackends('Classifier.ensemble', (backend) => {
  const options = { ...brisk, backend };

  it('averages the probabilities of nets that Classifier.fit trains with each seed on rows divided once', async () => {
    const ensemble = await Classifier.ensemble(rows, labels, 3, options);
    expect(ensemble.nets).toHaveLength(3);
    const y = labels.map((label) => NAMES.indexOf(label));
    const data = new Dataset({ train: { X: rows, y }, classNames: NAMES });
    const held = data.split({ validation: 0.1 }, { random: new RandomState(3), stratify: true });
    const members = [];
    for (const seed of [3, 4, 5]) members.push(await Classifier.fit(held, { ...options, seed }));
    for (const [i, member] of members.entries()) expect(ensemble.nets[i].params).toStrictEqual(member.net.params);
    expect(members[0].net.params).not.toStrictEqual(members[1].net.params);
    const all = members.map((member) => member.probabilities(rows));
    const mean = Float32Array.from(all[0], (_, i) => (all[0][i] + all[1][i] + all[2][i]) / 3);
    expect(ensemble.probabilities(rows)).toStrictEqual(mean);
    expect(await ensemble.probabilitiesAsync(rows)).toStrictEqual(mean);
    const highest = Array.from(labels, (_, row) => {
      const [a, b, c] = mean.subarray(3 * row, 3 * row + 3);
      return NAMES[a >= b && a >= c ? 0 : b >= c ? 1 : 2];
    });
    expect(ensemble.predict(rows)).toStrictEqual(highest);
    expect(await ensemble.predictAsync(rows)).toStrictEqual(highest);
    const [best] = ensemble.top(rows[0]);
    expect(best).toStrictEqual({ label: highest[0], name: highest[0], probability: Math.max(...mean.subarray(0, 3)) });
    const { accuracy } = await ensemble.evaluate(rows, labels);
    expect(accuracy).toBe(highest.filter((label, i) => label === labels[i]).length / labels.length);
    using predictor = ensemble.prepare();
    expect(predictor.predict(rows)).toStrictEqual(highest);
  });

  it('is the same on any number of threads, and in one file', async () => {
    const one = await Classifier.ensemble(rows, labels, 4, { ...options, threads: 1 });
    const several = await Classifier.ensemble(rows, labels, 4, { ...options, threads: 3 });
    const file = join(folder, `${backend}.safetensors`);
    await several.save(file);
    const loaded = await Classifier.load(file, { backend });
    expect(loaded.nets).toHaveLength(4);
    expect(loaded.probabilities(rows)).toStrictEqual(one.probabilities(rows));
    expect(loaded.settings).toMatchObject({ hiddenSize: 8, optimizer: 'adam' });
    await loaded.save(join(folder, 'again.safetensors'));
    expect((await Classifier.load(join(folder, 'again.safetensors'))).nets).toHaveLength(4);
  });

  it('tells its callbacks which net it is, and waits for them', async () => {
    const told: string[] = [];
    await Classifier.ensemble(rows, labels, 2, {
      ...options,
      validation: 0,
      onEpochEnd: async ({ epoch }, member) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        told.push(`${member}:${epoch}`);
      },
    });
    expect(told.toSorted()).toStrictEqual(['0:0', '0:1', '0:2', '0:3', '1:0', '1:1', '1:2', '1:3']);
  });

  it('ends with the error of a callback, and with what was trained when its signal ends it', async () => {
    const failing = { ...options, onProgress: () => Promise.reject(new Error('full')) };
    expect((await rejection(Classifier.ensemble(rows, labels, 3, failing))).message).toBe('full');
    const controller = new AbortController();
    const stopping = Classifier.ensemble(rows, labels, 3, {
      ...options,
      epochs: 1_000_000,
      patience: 0,
      signal: controller.signal,
      progressInterval: 0,
      onProgress: () => controller.abort(),
    });
    const error = await rejection<FitAbortedError>(stopping);
    expect(error).toBeInstanceOf(FitAbortedError);
    expect(error.classifier.nets.length).toBeGreaterThan(0);
    expect(error.classifier.predict(rows)).toHaveLength(90);
  });

  it('is not a whole one if its signal came between two nets', async () => {
    const controller = new AbortController();
    const between = { backend: 'js', threads: 1, epochs: 1, patience: 0, signal: controller.signal } as const;
    const stopping = Classifier.ensemble(rows, labels, 3, { ...between, onEpochEnd: () => controller.abort() });
    const error = await rejection<FitAbortedError>(stopping);
    expect(error).toBeInstanceOf(FitAbortedError);
    expect(error.classifier.nets).toHaveLength(1);
  });

  it('goes on with further rows, in each of its nets', async () => {
    const ensemble = await Classifier.ensemble(rows, labels, 2, options);
    const before = ensemble.nets.map(({ params }) => params.W2.slice());
    await ensemble.partialFit(rows, labels);
    for (const [i, { params }] of ensemble.nets.entries()) expect(params.W2).not.toStrictEqual(before[i]);
  });

  it('weighs the rows that are left to train on', async () => {
    // Only the rows of one class count: it is predicted everywhere.
    const sampleWeights = labels.map((label) => Number(label === 'elm'));
    const ensemble = await Classifier.ensemble(rows, labels, 2, {
      ...options,
      epochs: 60,
      patience: 0,
      validation: 0.3,
      sampleWeights,
    });
    expect(new Set(ensemble.predict(rows))).toStrictEqual(new Set(['elm']));
  });
});

describe('an ensemble', () => {
  const small = () => Classifier.ensemble(rows, labels, 2, { ...brisk, backend: 'js', epochs: 1 });

  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    [
      'no number of nets',
      () => Classifier.ensemble(rows, labels, undefined as never),
      'ERR_INVALID_TYPE',
      /for k, the nu/,
    ],
    ['none', () => Classifier.ensemble(rows, labels, 0), 'ERR_OUT_OF_RANGE', /from 1 to 1000 for k, .* received 0/],
    ['options first', () => Classifier.ensemble(rows, labels, {} as never), 'ERR_INVALID_TYPE', /received an object/],
    ['a stream', () => Classifier.ensemble(rows, labels, 2, { random } as never), 'ERR_UNKNOWN_OPTION', /"random"/],
    [
      'seeds that end',
      () => Classifier.ensemble(rows, labels, 3, { seed: 2 ** 32 - 2 }),
      'ERR_OUT_OF_RANGE',
      /last seed/,
    ],
  ])('is refused with %s', async (_, make, code, message) => {
    expect(await rejection(make())).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each(['model.onnx', 'model.json', 'model.npz', 'model.mjs'])(
    'is refused by %s, which holds one net',
    async (name) => {
      const error = await rejection((await small()).save(join(folder, name)));
      expect(error).toMatchObject({
        code: 'ERR_NOT_WRITABLE',
        message: expect.stringMatching(/ensemble of 2 nets but/),
      });
    },
  );

  it('is refused by the layout of PyTorch, and by TwoLayerNet', async () => {
    const model = (await small()).toModel();
    const saving = saveModel(join(folder, 'torch.safetensors'), model, { layout: 'torch' });
    expect((await rejection(saving)).message).toMatch(/ensemble of 2 nets but received the layout "torch", of one net/);
    const { mean: _, scale: __, ...unscaled } = model;
    expect(() => TwoLayerNet.fromModel(unscaled)).toThrow(/use Classifier\.fromModel or \.load/);
  });

  it('is checked when it is written and when it is read', async () => {
    const model = (await small()).toModel();
    const [other] = model.others ?? [];
    const short = { ...model, others: [{ ...other, b1: other.b1.slice(1) }] };
    expect((await rejection(saveModel(join(folder, 'x'), short))).message).toMatch(/for others\[0\]\.b1/);
    const broken = { ...model, others: [{ ...other, b1: other.b1.map(() => Number.NaN) }] };
    expect((await rejection(saveModel(join(folder, 'x'), broken))).message).toMatch(/for others\[0\]\.b1 .* NaN/);
    const file = join(folder, 'lacking.safetensors');
    await saveModel(file, model);
    const bytes = await (await import('node:fs/promises')).readFile(file);
    // The same length, so that the header stays valid.
    writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('"net2.b1"', '"net2.c1"'), 'latin1'));
    const error = await rejection(loadModel(file));
    expect(error).toMatchObject({ code: 'ERR_MODEL_FILE', message: expect.stringMatching(/found no b1/) });
  });
});
