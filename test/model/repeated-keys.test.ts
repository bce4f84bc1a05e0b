/** Files that say two things with one key are refused, in whichever part of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.js';
import { loadModel, saveModel } from '../../src/model/model.js';
import { smallNet } from '../support/small-net.js';
import { freshFolder } from '../support/temporary-folder.js';
import { rejection } from '../support/training.js';

const inFolder = freshFolder();
const settings = { note: 'one' };

/** Writes the safetensors file of `bytes` with another header of the same data. */
function withHeader(bytes: Buffer, change: (header: string) => string): void {
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(change(bytes.toString('utf8', 8, 8 + length)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(inFolder('twice.safetensors'), Buffer.concat([size, header, bytes.subarray(8 + length)]));
}

const TWICE: [string, (header: string) => string, RegExp][] = [
  ['a tensor', (header) => header.replace(/"b1":\{.*?\}/, '$&,$&'), /different keys in the header, found "b1" twice/],
  ['a part of one', (header) => header.replace(/"shape":\[5\]/, '$&,$&'), /found "shape" twice/],
  ['metadata', (header) => header.replace(/"format":"[^"]*"/, '$&,$&'), /found "format" twice/],
  [
    'a setting',
    (header) => header.replace(String.raw`\"note\":\"one\"`, String.raw`\"note\":\"one\",\"note\":\"two\"`),
    /different keys in settings of the metadata, found "note" twice/,
  ],
];

it.each(TWICE)('%s in the header of a safetensors file', async (_, change, message) => {
  await saveModel(inFolder('m.safetensors'), smallNet('float32'), { settings });
  withHeader(readFileSync(inFolder('m.safetensors')), change);
  const refused = { code: 'ERR_MODEL_FILE', message: expect.stringMatching(message) };
  expect(await rejection(loadModel(inFolder('twice.safetensors')))).toMatchObject(refused);
  withHeader(readFileSync(inFolder('m.safetensors')), (header) => header);
  expect((await loadModel(inFolder('twice.safetensors'))).settings).toEqual(settings);
});

it('a tensor in the header of rows', async () => {
  await saveModel(inFolder('m.safetensors'), smallNet('float32'));
  withHeader(readFileSync(inFolder('m.safetensors')), TWICE[0][1]);
  const error = await rejection(loadDataset(inFolder('twice.safetensors')));
  expect(error).toMatchObject({ code: 'ERR_DATA_FILE', message: expect.stringMatching(/found "b1" twice/) });
});

it.each(['"dtype":"float32"', '"note":"one"', '"shape":[5]'])('%s in JSON', async (part) => {
  await saveModel(inFolder('m.json'), smallNet('float32'), { settings });
  const text = readFileSync(inFolder('m.json'), 'utf8');
  expect(text).toContain(part);
  writeFileSync(inFolder('twice.json'), text.replace(part, `${part},${part}`));
  const message = expect.stringMatching(/expected a JSON object, found one with the key "\w+" twice/);
  expect(await rejection(loadModel(inFolder('twice.json')))).toMatchObject({ code: 'ERR_MODEL_FILE', message });
});
