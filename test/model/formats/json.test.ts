/** JSON models: what is long, and what is refused. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel, TwoLayerNet } from '../../../src/index.js';
import { isLong, numbersApart } from '../../../src/model/formats/json-numbers.js';
import { metadataOf } from '../../../src/model/metadata.js';
import type { Model } from '../../../src/model/model-types.js';
import { atOnce } from '../../../src/platform/turns.js';
import { freshFolder } from '../../support/temporary-folder.js';

const apart = (text: string, most = 1e6) => atOnce(numbersApart(Buffer.from(text), most));
const inFolder = freshFolder();
const numbers = Array.from({ length: 6000 }, (_, i) => (i - 3000) / 7);
const long = JSON.stringify(numbers);

function wide(inputSize: number, hiddenSize: number): TwoLayerNet {
  const fill = (count: number) => Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 10007) / 256 - 19);
  const params = { W1: fill(inputSize * hiddenSize), b1: fill(hiddenSize), W2: fill(hiddenSize * 10), b2: fill(10) };
  return TwoLayerNet.fromParams(params);
}

describe('long arrays of numbers', () => {
  it('are taken out of the text, as they are', () => {
    const { rest, arrays, count } = apart(`{"a":${long},"b[\\"":["]",${long.replaceAll(',', ' ,\n')}],"c":[1]}`);
    const json = JSON.parse(rest.toString());
    expect(Object.keys(json)).toEqual(['a', 'b["', 'c']);
    for (const name of [json.a, json['b["'][1]]) expect([...(arrays.get(name) ?? [])]).toEqual(numbers);
    expect(json.c).toEqual([1]);
    expect(count).toBe(12_000);
  });

  it('may have NaN and the infinities as texts', () => {
    const some = long.replace('[', '["NaN","-Infinity",-0,');
    const { arrays } = apart(some);
    expect([...arrays.values()].map((array) => [...array.subarray(0, 3)])).toEqual([[Number.NaN, -Infinity, -0]]);
  });

  it.each([
    ['a comma at the end', long.replace(']', ',]')],
    ['a comma at the beginning', long.replace('[', '[,')],
    ['two commas', long.replace(',', ',,')],
    ['another text', long.replace('[', '["1",')],
    ['null', long.replace('[', '[null,')],
    ['a number that is none', long.replace(']', ',01]')],
    ['no end', long.replace(']', '')],
    ['another end', long.replace(']', '}')],
    ['an array in it', long.replace(']', ',[]]')],
    ['only spaces', `[${' '.repeat(50_000)}]`],
    ['few numbers', '[1,2]'],
  ])('stay where they are with %s', (_, text) => {
    const { rest, arrays } = apart(text);
    expect(arrays.size).toBe(0);
    expect(rest.toString()).toBe(text);
  });

  it('stay where they are when they are too many', () => {
    expect(apart(`[${long},${long}]`, 11_999).arrays.size).toBe(1);
    expect(isLong(long.length)).toBe(true);
  });
});

it('a net is read again as it was, with and without long arrays', async () => {
  for (const net of [wide(3072, 8), wide(4, 3)]) {
    await saveModel(inFolder('net.json'), net);
    expect((await loadModel(inFolder('net.json'))).params).toEqual(net.params);
  }
  const text = await readFile(inFolder('net.json'), 'utf8');
  await writeFile(inFolder('bad.json'), text.replace('"data":[', '"data":["0-0-0-0 0",'));
  await expect(loadModel(inFolder('bad.json'))).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
  await writeFile(inFolder('bad.json'), text.replace(/"data":\[[^\]]*\]/, '"data":"0-0-0-0 0"'));
  await expect(loadModel(inFolder('bad.json'))).rejects.toMatchObject({ code: 'ERR_MODEL_FILE' });
});

it('columns that would not be read again are refused when they are saved', () => {
  const columns = Array.from({ length: 150_000 }, (_, i) => ({ name: `${i}`, type: 'number' as const }));
  const model = { ...wide(1, 1), inputSize: 150_000, hiddenSize: 1, numClasses: 10, columns } as unknown as Model;
  const refused = expect.objectContaining({ code: 'ERR_OUT_OF_RANGE', message: expect.stringMatching('columns') });
  expect(() => metadataOf(model)).toThrow(refused);
});
