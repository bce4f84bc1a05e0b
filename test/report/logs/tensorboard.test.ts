import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { messageReader, type Part } from '../../../src/protobuf/protobuf.js';
import { crc32c } from '../../../src/report/logs/crc32c.js';
import { tensorboard } from '../../../src/report/logs/tensorboard.js';
import { plotWeights } from '../../../src/report/pictures/plot-weights.js';
import type { TrainOptions } from '../../../src/training/options.js';
import { describeWithPython, python } from '../../support/python.js';
import { freshFolder } from '../../support/temporary-folder.js';
import { brisk, D, newNet, rejection, validation, X, y } from '../../support/training.js';

const inFolder = freshFolder();
/** Four iterations per epoch. */
const OPTIONS = { ...brisk, numIters: 20, learningRateDecay: 0.5, progressInterval: 0 } satisfies TrainOptions;
/** Rows of 7 numbers, as pictures. */
const imageShape = { height: 1, width: D, channels: 1 };

interface Event {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly tag?: string;
  readonly number?: number;
  readonly png?: Buffer;
}

/** The events of the only file in a folder, its checks taken apart. */
function eventsIn(folder: string): Event[] {
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const bytes = readFileSync(join(folder, name));
  const events: Event[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(crc32c(bytes.subarray(at, at + 8))));
    const message = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(crc32c(message)));
    events.push(eventOf(message));
    at += length + 16;
  }
  return events;
}

const masked = (crc: number) => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

function eventOf(message: Buffer): Event {
  const read = messageReader((found) => new Error(found));
  const whole: Part = { bytes: message, at: 0 };
  const event = read(whole);
  // wall_time is the first field: its key, then 8 bytes.
  expect(message[0]).toBe(9);
  const common = { wallTime: message.readDoubleLE(1), step: event.integers(2)[0] };
  const [version] = event.bytes(3);
  if (version) return { ...common, version: version.bytes.toString() };
  const value = read(read(event.bytes(5)[0]).bytes(1)[0]);
  const tag = value.bytes(1)[0].bytes.toString();
  const [image] = value.bytes(4);
  if (!image) return { ...common, tag, number: value.floats(2)[0] };
  expect(read(image).integers(3), 'RGB').toEqual([3]);
  return { ...common, tag, png: read(image).bytes(4)[0].bytes };
}

test('the check is the one of RFC 3720, not the one of zlib', () => {
  const digits = Buffer.from('123456789');
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32(digits)).toBe(0xcbf43926);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array())).toBe(0);
});

test('an event file has the numbers of the history, and says what it is', async () => {
  const folder = inFolder('runs/1');
  const before = Date.now() / 1000;
  const onProgress = tensorboard(folder);
  const history = await newNet('js').train(X, y, validation.X, validation.y, { ...OPTIONS, onProgress });
  const [first, ...events] = eventsIn(folder);
  expect(first).toMatchObject({ version: 'brain.Event:2' });
  const numbers = (tag: string) =>
    events.filter((event) => event.tag === tag).map(({ step, number }) => [step, number]);
  const steps = (list: number[], every: number) => list.map((value, i) => [i * every, Math.fround(value)]);
  expect(numbers('loss')).toEqual(steps(history.lossHistory, 1));
  expect(numbers('train_accuracy')).toEqual(steps(history.trainAccHistory, 4));
  expect(numbers('validation_accuracy')).toEqual(steps(history.valAccHistory, 4));
  expect(numbers('validation_loss')).toEqual(steps(history.valLossHistory, 4));
  expect(numbers('learning_rate')).toEqual(steps([0.1, 0.05, 0.025, 0.0125, 0.00625], 4));
  expect(events).toHaveLength(20 + 4 * 5);
  for (const { wallTime } of events) {
    expect(wallTime).toBeGreaterThanOrEqual(before);
    expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
  }
});

test('the weights are drawn ten times, as plotWeights draws them', async () => {
  const net = newNet('js');
  const onProgress = tensorboard(inFolder(), { net, imageShape });
  await net.train(X, y, null, null, { ...OPTIONS, onProgress });
  const pictures = eventsIn(inFolder()).filter(({ tag }) => tag === 'weights');
  expect(pictures.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  expect(pictures.at(-1)?.png).toEqual(Buffer.from(await plotWeights(net, { imageShape }).png()));
  expect(pictures[0].png).not.toEqual(pictures[9].png);
});

describe('what is wrong', () => {
  const net = newNet('js');

  test('is said before the training', () => {
    writeFileSync(inFolder('file'), '');
    expect(() => tensorboard(inFolder('file'))).toThrow(expect.objectContaining({ code: 'ERR_NOT_WRITABLE' }));
    expect(() => tensorboard(inFolder('file/below'))).toThrow(expect.objectContaining({ code: 'ERR_NOT_WRITABLE' }));
    expect(() => tensorboard(3 as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_TYPE' }));
    const unknown = { nett: net } as never;
    expect(() => tensorboard(inFolder(), unknown)).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_OPTION' }));
    expect(() => tensorboard(inFolder('a'), { net })).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
    expect(readdirSync(inFolder()), 'nothing is left behind').toEqual(['file']);
  });

  test('ends the training: the folder is removed meanwhile', async () => {
    const folder = inFolder('runs');
    const onProgress = tensorboard(folder);
    rmSync(folder, { recursive: true });
    const error = await rejection(newNet('js').train(X, y, null, null, { ...OPTIONS, onProgress }));
    expect(error).toMatchObject({
      code: 'ERR_NOT_WRITABLE',
      message: expect.stringContaining('its folder was removed'),
    });
  });
});

/** Prints what TensorBoard finds in a folder: scalars as [step, value] by tag, images as [step, width, height]. */
const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'images': 0}).Reload()
tags = events.Tags()
scalars = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags['scalars']}
images = {tag: [[e.step, e.width, e.height] for e in events.Images(tag)] for tag in tags['images']}
print(json.dumps({'scalars': scalars, 'images': images}))
`;

describeWithPython("TensorBoard's own reader", ['tensorboard'], () => {
  test('finds the same scalars and images', async () => {
    const net = newNet('js');
    const onProgress = tensorboard(inFolder(), { net, imageShape });
    const history = await net.train(X, y, validation.X, validation.y, { ...OPTIONS, onProgress });
    const { scalars, images } = python<Record<string, Record<string, number[][]>>>(READ, inFolder());
    const steps = (list: number[], every: number) => list.map((value, i) => [i * every, Math.fround(value)]);
    expect(scalars).toEqual({
      loss: steps(history.lossHistory, 1),
      train_accuracy: steps(history.trainAccHistory, 4),
      validation_accuracy: steps(history.valAccHistory, 4),
      validation_loss: steps(history.valLossHistory, 4),
      learning_rate: steps(history.learningRateHistory, 4),
    });
    const { width, height } = plotWeights(net, { imageShape });
    expect(images).toEqual({ weights: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((step) => [step, width, height]) });
  });
});
