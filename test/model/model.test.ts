import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel } from '../../src/model/model.js';
import type { Model, ModelExtras } from '../../src/model/model-types.js';
import { expectRefused, fullModel, modelBytes, safetensorsBytes, smallParams } from '../support/model-files.js';
import { freshFolder } from '../support/temporary-folder.js';

const inFolder = freshFolder();
const refused = (bytes: Uint8Array, message: string | RegExp) =>
  expectRefused(loadModel, inFolder('a.safetensors'), bytes, message);

async function roundTrip(model: Model): Promise<Model> {
  await saveModel(inFolder('m'), model);
  return loadModel(inFolder('m'));
}

describe.each(['float32', 'float64'] as const)('a %s model', (dtype) => {
  it('is loaded as it was saved, bit for bit', async () => {
    const model = fullModel(dtype);
    const loaded = await roundTrip(model);
    expect(loaded).toStrictEqual(model);
    const bits = ({ params, mean }: Model) =>
      [...Object.values(params), mean].map((array) => Buffer.from(array.buffer).toString('hex'));
    expect(bits(loaded)).toEqual(bits(model));
  });

  it('is loaded without fields that it does not have', async () => {
    const { params, inputSize, hiddenSize, numClasses } = fullModel(dtype);
    const model = { params, inputSize, hiddenSize, numClasses, dtype };
    expect(await roundTrip(model)).toStrictEqual(model);
  });

  it('is loaded into arrays that own their buffers, so that each can be transferred', async () => {
    const { params, mean } = await roundTrip(fullModel(dtype));
    for (const array of [...Object.values(params), mean]) expect(array.buffer.byteLength).toBe(array.byteLength);
    expect(new Set(Object.values(params).map((array) => array.buffer)).size).toBe(4);
  });

  it('of any size and any finite numbers is loaded bit for bit', async () => {
    const size = fc.integer({ min: 1, max: 6 });
    const number =
      dtype === 'float32'
        ? fc.float({ noNaN: true, noDefaultInfinity: true })
        : fc.double({ noNaN: true, noDefaultInfinity: true });
    const type = dtype === 'float32' ? Float32Array : Float64Array;
    const numbers = (count: number) =>
      fc.array(number, { minLength: count, maxLength: count }).map((a) => type.from(a));
    const models = fc.tuple(size, size, size).chain(([D, H, C]) =>
      fc.record({
        params: fc.record({ W1: numbers(D * H), b1: numbers(H), W2: numbers(H * C), b2: numbers(C) }),
        inputSize: fc.constant(D),
        hiddenSize: fc.constant(H),
        numClasses: fc.constant(C),
        dtype: fc.constant(dtype),
        classNames: fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: C, maxLength: C }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(models, async (model) => {
        expect(await roundTrip(model)).toStrictEqual({ ...model, params: { ...model.params } });
      }),
      { numRuns: 50 },
    );
  });
});

describe('saveModel', () => {
  it('writes everything that another program needs', async () => {
    await saveModel(inFolder('m'), fullModel('float32'));
    const bytes = readFileSync(inFolder('m'));
    const header: unknown = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
    expect(header).toMatchObject({
      __metadata__: {
        format: 'two-layer-net',
        format_version: '1',
        computation: expect.stringContaining('scores = max(0, (x - mean) W1 + b1) W2 + b2'),
        settings: '{"seed":0,"learningRate":0.001,"nested":{"list":[1,null,"two"]}}',
      },
      W1: { dtype: 'F32', shape: [3, 2] },
      b1: { dtype: 'F32', shape: [2] },
      W2: { dtype: 'F32', shape: [2, 2] },
      b2: { dtype: 'F32', shape: [2] },
      mean: { dtype: 'F64', shape: [3] },
      'history.loss': { dtype: 'F64', shape: [3] },
      'history.train_accuracy': { dtype: 'F64', shape: [1] },
      'history.validation_accuracy': { dtype: 'F64', shape: [0] },
    });
  });

  it('writes the same bytes for the same model', async () => {
    await saveModel(inFolder('a'), fullModel('float64'));
    await saveModel(inFolder('b'), fullModel('float64'));
    expect(readFileSync(inFolder('a')).equals(readFileSync(inFolder('b')))).toBe(true);
  });

  it('writes the numbers at the time of the call', async () => {
    const model = fullModel('float32');
    const saving = saveModel(inFolder('m'), model);
    structuredClone(model.params.W1, { transfer: [model.params.W1.buffer as ArrayBuffer] });
    model.params.b1.fill(Number.NaN);
    await saving;
    expect(await loadModel(inFolder('m'))).toStrictEqual(fullModel('float32'));
  });

  const good = fullModel('float32');
  const detached = new Float32Array(6);
  structuredClone(detached, { transfer: [detached.buffer] });
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const withParams = (params: Record<string, unknown>) => ({ ...good, params: { ...good.params, ...params } });
  it.each<[string, unknown, string, string]>([
    ['no model', null, 'ERR_INVALID_TYPE', 'null'],
    ['no params', { ...good, params: undefined }, 'ERR_INVALID_TYPE', 'params'],
    ['a size of 0', { ...good, hiddenSize: 0 }, 'ERR_OUT_OF_RANGE', 'hiddenSize'],
    ['a size that is a string', { ...good, numClasses: '2' }, 'ERR_INVALID_TYPE', 'numClasses'],
    ['an unknown dtype', { ...good, dtype: 'float16' }, 'ERR_INVALID_TYPE', 'dtype'],
    ['a plain array', withParams({ W1: [1, 2, 3, 4, 5, 6] }), 'ERR_INVALID_TYPE', 'params.W1'],
    ['another type than dtype says', withParams({ b2: new Float64Array(2) }), 'ERR_INVALID_TYPE', 'params.b2'],
    ['a length that does not fit', withParams({ W2: new Float32Array(5) }), 'ERR_SHAPE', '4 numbers, shape (2, 2)'],
    ['a transferred buffer', withParams({ W1: detached }), 'ERR_DETACHED', 'params.W1'],
    ['a NaN', withParams({ b1: Float32Array.from([0, Number.NaN]) }), 'ERR_NOT_FINITE', 'NaN at index 1'],
    ['an infinity', withParams({ b2: Float32Array.from([-1 / 0, 0]) }), 'ERR_NOT_FINITE', '-Infinity at index 0'],
    ['a mean of another length', { ...good, mean: new Float64Array(2) }, 'ERR_SHAPE', 'mean'],
    ['a mean of floats', { ...good, mean: new Float32Array(3) }, 'ERR_INVALID_TYPE', 'mean'],
    ['a mean with NaN', { ...good, mean: new Float64Array(3).fill(Number.NaN) }, 'ERR_NOT_FINITE', 'mean'],
    ['too few class names', { ...good, classNames: ['cat'] }, 'ERR_SHAPE', '2 classNames'],
    ['a class name that is a number', { ...good, classNames: ['cat', 7] }, 'ERR_INVALID_TYPE', 'classNames[1]'],
    ['class names in a string', { ...good, classNames: 'ab' }, 'ERR_INVALID_TYPE', 'classNames'],
    ['settings in an array', { ...good, settings: [1] }, 'ERR_INVALID_TYPE', 'settings'],
    ['settings that JSON makes a string', { ...good, settings: new Date(0) }, 'ERR_INVALID_TYPE', 'settings'],
    ['settings in a circle', { ...good, settings: circle }, 'ERR_INVALID_TYPE', 'circular'],
    ['a BigInt in settings', { ...good, settings: { seed: 1n } }, 'ERR_INVALID_TYPE', 'BigInt'],
    ['a history without lists', { ...good, history: {} }, 'ERR_INVALID_TYPE', 'history.lossHistory'],
    [
      'a history of strings',
      { ...good, history: { ...good.history, valAccHistory: ['1'] } },
      'ERR_INVALID_TYPE',
      'history.valAccHistory[0]',
    ],
  ])('refuses %s and leaves the old file whole', async (_what, model, code, message) => {
    writeFileSync(inFolder('m'), 'old');
    await expect(saveModel(inFolder('m'), model as Model)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(readFileSync(inFolder('m'), 'utf8')).toBe('old');
    expect(readdirSync(inFolder())).toEqual(['m']);
  });

  it('writes the history and settings that are passed, in preference to those of a loaded model', async () => {
    const { params, inputSize, hiddenSize, numClasses, dtype } = good;
    const net = { params, inputSize, hiddenSize, numClasses, dtype };
    const history = { lossHistory: [2, 1], trainAccHistory: [0.5], valAccHistory: [] };
    await saveModel(inFolder('m'), net, { history, settings: { seed: 7 } });
    expect(await loadModel(inFolder('m'))).toStrictEqual({ ...net, history, settings: { seed: 7 } });
    await saveModel(inFolder('m'), good, { settings: { seed: 8 } });
    expect(await loadModel(inFolder('m'))).toStrictEqual({ ...good, settings: { seed: 8 } });
  });

  it.each<[string, unknown, string, string]>([
    ['an unknown extra', { histroy: {} }, 'ERR_UNKNOWN_OPTION', 'did you mean history?'],
    ['settings in an array', { settings: [1] }, 'ERR_INVALID_TYPE', 'settings'],
    ['a history without lists', { history: {} }, 'ERR_INVALID_TYPE', 'history.lossHistory'],
  ])('refuses %s', async (_, extras, code, message) => {
    await expect(saveModel(inFolder('m'), good, extras as ModelExtras)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(readdirSync(inFolder())).toEqual([]);
  });

  it('refuses where it cannot write', async () => {
    await expect(saveModel(inFolder('no/m'), good)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
    await expect(saveModel(inFolder(), good)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });
});

describe('loadModel', () => {
  const ours = { format: 'two-layer-net', format_version: '1' };

  it('loads a file with only the four parameters', async () => {
    writeFileSync(inFolder('m'), modelBytes(smallParams));
    expect(await loadModel(inFolder('m'))).toStrictEqual({
      params: {
        W1: Float32Array.from(smallParams.W1.values),
        b1: Float32Array.from(smallParams.b1.values),
        W2: Float32Array.from(smallParams.W2.values),
        b2: Float32Array.from(smallParams.b2.values),
      },
      inputSize: 2,
      hiddenSize: 3,
      numClasses: 2,
      dtype: 'float32',
    });
  });

  it('ignores other tensors and metadata, and accepts a float32 mean', async () => {
    const extra = { extra: { shape: [1, 1], values: [Number.NaN] }, mean: { shape: [2], values: [0.5, 1.5] } };
    writeFileSync(inFolder('m'), modelBytes({ ...extra, ...smallParams }, { format: 'pt', note: 'x' }));
    expect((await loadModel(inFolder('m'))).mean).toStrictEqual(Float64Array.from([0.5, 1.5]));
  });

  it('drops "__proto__" from settings', async () => {
    writeFileSync(inFolder('m'), modelBytes(smallParams, { ...ours, settings: '{"__proto__":{"bad":1},"seed":0}' }));
    const { settings } = await loadModel(inFolder('m'));
    expect(Object.keys(settings ?? {})).toEqual(['seed']);
  });

  it('refuses a file without the parameters, and says what it found', async () => {
    await refused(modelBytes({ 'fc1.weight': { shape: [1], values: [1] } }), 'found no W1 but "fc1.weight"');
    await refused(safetensorsBytes('{}'), 'no tensor at all');
    for (const name of ['W1', 'b1', 'W2', 'b2']) {
      const rest = Object.fromEntries(Object.entries(smallParams).filter(([key]) => key !== name));
      await refused(modelBytes(rest), `found no ${name} but`);
    }
  });

  it('refuses parameters whose shapes do not fit each other', async () => {
    const values = smallParams.W1.values;
    await refused(
      modelBytes({ ...smallParams, W1: { shape: [6], values } }),
      /two sizes .* for tensor W1, found \(6\)/,
    );
    await refused(modelBytes({ ...smallParams, W1: { shape: [1, 2, 3], values } }), 'tensor W1, found (1, 2, 3)');
    await refused(modelBytes({ ...smallParams, W1: { shape: [0, 3], values: [] } }), /at least 1 .* found \(0, 3\)/);
    await refused(modelBytes({ ...smallParams, W1: { shape: [3, 2], values } }), 'shape (2) for tensor b1, found (3)');
    await refused(
      modelBytes({ ...smallParams, W2: { shape: [2, 3], values } }),
      'shape (3, 3) for tensor W2, found (2, 3)',
    );
    await refused(modelBytes({ ...smallParams, b2: { shape: [3], values: [1, 2, 3] } }), 'shape (2) for tensor b2');
    await refused(modelBytes({ ...smallParams, b2: { shape: [2, 1], values: [1, 2] } }), 'shape (2) for tensor b2');
  });

  it('refuses mixed and unknown dtypes', async () => {
    const entry = (dtype: string, begin: number, end: number) => ({ dtype, shape: [1, 1], data_offsets: [begin, end] });
    const bias = (dtype: string, begin: number, end: number) => ({ ...entry(dtype, begin, end), shape: [1] });
    const mixed = { W1: entry('F64', 0, 8), W2: entry('F32', 8, 12), b1: bias('F32', 12, 16), b2: bias('F32', 16, 20) };
    await refused(safetensorsBytes(mixed, new Uint8Array(20)), /one dtype .* found W1 F64, b1 F32, W2 F32, b2 F32/);
    const integers = { W1: entry('I16', 0, 2), W2: entry('I16', 2, 4), b1: bias('I16', 4, 6), b2: bias('I16', 6, 8) };
    await refused(safetensorsBytes(integers, new Uint8Array(8)), 'F16 or BF16 for tensor "W1", found I16');
  });

  it('refuses parameters and means that are not finite', async () => {
    const b1 = { shape: [3], values: [0, Number.NaN, 0] };
    await refused(modelBytes({ ...smallParams, b1 }), 'finite numbers for tensor b1, found NaN at index 1');
    const W2 = { shape: [3, 2], values: [0, 0, 0, 0, 0, Number.POSITIVE_INFINITY] };
    await refused(modelBytes({ ...smallParams, W2 }), 'tensor W2, found Infinity at index 5');
    const mean = { shape: [2], values: [Number.NaN, 0] };
    await refused(modelBytes({ ...smallParams, mean }), 'tensor mean, found NaN');
  });

  it('refuses a mean and a history of other shapes', async () => {
    const vector = { shape: [3], values: [1, 2, 3] };
    await refused(modelBytes({ ...smallParams, mean: vector }), 'shape (2) for tensor mean, found (3)');
    await refused(modelBytes({ ...smallParams, 'history.loss': vector }), /history.train_accuracy .* found none/);
    const table = { ...vector, shape: [3, 1] };
    await refused(modelBytes({ ...smallParams, 'history.loss': table }), /history.loss .* found shape \(3, 1\)/);
  });

  it('refuses invalid metadata', async () => {
    const withMetadata = (metadata: Record<string, string>) => modelBytes(smallParams, { ...ours, ...metadata });
    await refused(withMetadata({ format_version: '2' }), 'found "2"; the file was written by a newer version');
    await refused(withMetadata({ format_version: 'x' }), /found "x"$/);
    await refused(modelBytes(smallParams, { format: 'two-layer-net' }), /format_version 1 .* found undefined$/);
    await refused(withMetadata({ class_names: 'cat, dog' }), /JSON for class_names .* found "cat, dog"/);
    await refused(withMetadata({ class_names: '["cat"]' }), '2 strings for class_names, found an array of 1');
    await refused(withMetadata({ class_names: '["cat", 7]' }), '2 strings for class_names');
    await refused(withMetadata({ class_names: '{"length":2}' }), 'found something else');
    await refused(withMetadata({ settings: '[]' }), 'JSON object for settings');
    await refused(withMetadata({ settings: '"["'.repeat(9) }), 'JSON for settings');
    await refused(withMetadata({ settings: `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}` }), 'JSON for settings');
  });

  it('refuses a file that is truncated anywhere', async () => {
    await saveModel(inFolder('m'), fullModel('float32'));
    const bytes = readFileSync(inFolder('m'));
    for (let length = 0; length < bytes.length; length++) {
      await refused(bytes.subarray(0, length), '');
    }
  });

  it('loads or refuses whatever bytes are damaged, and does nothing else', async () => {
    await saveModel(inFolder('m'), fullModel('float64'));
    const bytes = readFileSync(inFolder('m'));
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 0, max: 2 * bytes.length }), async (changes, length) => {
        const damaged = Buffer.from(bytes);
        for (const [at, byte] of changes) damaged[at] = byte;
        writeFileSync(inFolder('damaged'), damaged.subarray(0, length));
        await loadOrRefusal(inFolder('damaged'));
      }),
      { numRuns: 500 },
    );
  });

  it('loads or refuses whatever values the header has, and does nothing else', async () => {
    const bytes = modelBytes(smallParams, ours);
    const headerEnd = 8 + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(8, headerEnd).toString()) as Record<string, Record<string, unknown>>;
    const fields = Object.entries(header).flatMap(([name, entry]) =>
      Object.keys(entry).map((key) => [name, key] as const),
    );
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom(-1, 0, 1, 2, 3, 4, 24, 2 ** 31, 2 ** 53, 1e308)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), value, async ([name, key], replaced) => {
        const changed = { ...header, [name]: { ...header[name], [key]: replaced } };
        writeFileSync(inFolder('changed'), safetensorsBytes(changed, bytes.subarray(headerEnd)));
        await loadOrRefusal(inFolder('changed'));
      }),
      { numRuns: 500 },
    );
  });
});

/** Checks that a loaded model is valid. Any error other than the refusal of a model file fails the test. */
async function loadOrRefusal(file: string): Promise<void> {
  let model: Model;
  try {
    model = await loadModel(file);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_MODEL_FILE' });
    return;
  }
  expect(model.params.W1).toHaveLength(model.inputSize * model.hiddenSize);
  expect(model.params.W2).toHaveLength(model.hiddenSize * model.numClasses);
  for (const array of Object.values(model.params)) expect(array.every(Number.isFinite)).toBe(true);
}
