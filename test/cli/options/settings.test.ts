import { Command, type Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { flagOfSetting } from '../../../src/cli/options/other-names.js';
import {
  settingsFrom,
  spaceFrom,
  spaceOptions,
  TRAINING_FLAGS,
  trainingOptions,
} from '../../../src/cli/options/settings.js';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import type { TrainOptions } from '../../../src/training/options.js';
import { messageWith } from '../../../src/validation/errors.js';
import { rejection } from '../../support/training.js';

/** The options parsed from `args`; wrong usage is thrown. */
function parsed(options: Option[], ...args: string[]): object {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of options) command.addOption(option);
  return command.parse(args, { from: 'user' }).opts();
}

describe('the flags of a training', () => {
  const settings = (...args: string[]) => settingsFrom(TRAINING_FLAGS, parsed(trainingOptions({ reg: 0.5 }), ...args));

  it("have the library's defaults, or the command's", () => {
    expect(settings()).toMatchObject({
      learningRate: 1e-3,
      reg: 0.5,
      hiddenSize: 50,
      batchSize: 200,
      learningRateDecay: 0.95,
      std: 1e-4,
      dtype: 'float32',
      numIters: 100,
    });
  });

  it('are read into the settings that they belong to', () => {
    const args = ['--learning-rate', '2e-3', '--hidden', '7', '--iterations', '3', '--dtype', 'float64'];
    expect(settings(...args)).toMatchObject({ learningRate: 2e-3, hiddenSize: 7, numIters: 3, dtype: 'float64' });
  });

  it.each([
    [['--reg', 'x'], /at least 0 for --reg but received "x"/],
    [['--reg', ''], /at least 0 for --reg but received ""/],
    [['--reg', '1e999'], /a finite number of at least 0 for --reg but received "1e999"/],
    [['--hidden', '0x1g'], /for --hidden but received "0x1g"/],
    [['--dtype', 'float16'], /Allowed choices are float32, float64, bfloat16/],
  ])('refuse %j with what was given', (args, message) => {
    expect(() => settings(...args)).toThrow(message);
  });
});

it('stand in messages for the options that these name, and for no other word', async () => {
  const rows = [[0], [1]];
  const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, numClasses: 2, backend: 'js' });
  const messageOf = async (options: TrainOptions) => {
    const error = await rejection(net.train(rows, [0, 1], null, null, options));
    return messageWith(error, flagOfSetting);
  };
  expect(await messageOf({ patience: 5 })).toBe(
    'Expected validation rows for a patience of 5 epochs but received none: pass some, or leave --patience out',
  );
  expect(await messageOf({ monitor: 'accuracy' })).toBe(
    '--monitor "accuracy" only works with a --patience above 0, but --patience is 0, the default. ' +
      'To fix this, pass a --patience above 0, or leave --monitor out',
  );
  expect(await messageOf({ epochs: 2, numIters: 3 })).toMatch(/^Expected either --epochs or --iterations but/);
  expect(await messageOf({ weightDecay: 0.1 })).toMatch(/\(--reg is the strength of a penalty, .*\)$/);
});

describe('the flags of a search space', () => {
  const space = (...args: string[]) => spaceFrom(parsed(spaceOptions(), ...args));

  it("are the article's by default", () => {
    expect(space()).toMatchObject({
      learningRate: [1e-2, 1e-3],
      reg: [0.4, 0.5, 0.6],
      hiddenSize: 50,
      batchSize: 200,
      learningRateDecay: 0.95,
      std: 1e-4,
      dtype: 'float32',
    });
  });

  it('name the words that they accept', () => {
    const dtype = spaceOptions().find(({ long }) => long === '--dtype');
    expect(dtype?.description).toMatch(/: some of float32,float64,bfloat16$/);
  });

  it('are values, ranges and words', () => {
    const args = ['--learning-rate', 'log:1e-5..1e-2', '--reg', '0.1..1', '--hidden', '5,6,5'];
    expect(space(...args, '--dtype', 'float64,float32')).toMatchObject({
      learningRate: { low: 1e-5, high: 1e-2, scale: 'log' },
      reg: { low: 0.1, high: 1, scale: 'linear' },
      hiddenSize: [5, 6],
      dtype: ['float64', 'float32'],
    });
  });

  it.each([
    [['--reg', '1,-1'], /at least 0 for --reg but received "-1"/],
    [['--reg', '0.1..x'], /for --reg but received "x"/],
    [['--hidden', '1..2.5'], /an integer from 1 to \d+ for --hidden but received "2.5"/],
    [['--dtype', 'float32,half'], /one of "float32", "float64", "bfloat16" for --dtype but received "half"/],
    [['--dtype', 'a..b'], /for --dtype but received "a..b"/],
  ])('refuse %j with what was given', (args, message) => {
    expect(() => space(...args)).toThrow(message);
  });
});
