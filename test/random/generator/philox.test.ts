/** Blocks of Philox4x64-10 against NumPy: `np.random.Philox(key=[…], counter=[0, stream, 0, 0]).random_raw(n)`. */
import { describe, expect, it } from 'vitest';
import { MersenneTwister } from '../../../src/random/generator/mersenne-twister.js';
import { Philox } from '../../../src/random/generator/philox.js';
import { describeWithPython, python } from '../../support/python.js';

/** A block's four words in hexadecimal. */
function words(philox: Philox, stream: number, block: number): string[] {
  const halves = philox.draw(stream, block);
  return [0, 2, 4, 6].map((i) => ((BigInt(halves[i + 1]) << 32n) | BigInt(halves[i])).toString(16));
}

describe('Philox', () => {
  it.each([
    [0, 0, 0, 0, '02f4ba6408e4d89b 03dd62b0b9ca8c5b2 1c8667a55d902e79 907d7a052fd5b4dc'],
    [5, 1, 7, 0, '69a2b554fe1f1a13 2bf3e154254a3a12 6a23b1bb2c786424 12df1216ad2db33c'],
    [5, 1, 7, 1, 'adf01185e7281992 99530ad8e1d70662 66a3f37c6cb6b1a0 a522953271a05dea'],
    // counter=[2**32 − 2, 7, 0, 0]: the counter's upper half is needed in the second block.
    [5, 1, 7, 2 ** 32 - 2, 'b893e144986eb11e e57af56437d8195e f5b7cfdcbb497dc3 3d406daeb5a7ab30'],
    [5, 1, 7, 2 ** 32 - 1, '7bf1ad625424eb8e 7ccf3b64813db0c1 c227a240c5e423cf 83554394f5ce2ac4'],
    [2 ** 31 - 1, 2, 2 ** 31 - 1, 0, 'f827207ab3385cc0 572efc84eb8aeee9 f5920c91ac604605 86641932e5080fe5'],
  ])('with key [%d, %d] draws block %4$d of stream %3$d as NumPy', (key0, key1, stream, block, expected) => {
    const numbers = expected.split(' ').map((word) => BigInt(`0x${word}`).toString(16));
    expect(words(new Philox(key0, key1), stream, block)).toStrictEqual(numbers);
  });

  it('takes 16-bit numbers from the lowest bits of the words first', () => {
    // random_raw(8).astype('<u8').view('<u2'), with key [5, 1] and counter [0, 7, 0, 0]
    const first = [6675, 65055, 46420, 27042, 14866, 9546, 57684, 11251, 25636, 11384, 45499, 27171, 45884, 44333];
    const second = [4630, 4831, 6546, 59176, 4485, 44528, 1634, 57815, 2776, 39251, 45472, 27830, 62332, 26275];
    const philox = new Philox(5, 1);
    const numbers = new Uint16Array(28);
    philox.fill16(7, 0, numbers);
    expect([...numbers]).toStrictEqual([...first, ...second]);
    philox.fill16(7, 1, numbers.fill(0).subarray(0, 3));
    expect([...numbers.subarray(0, 5)]).toStrictEqual([6546, 59176, 4485, 0, 0]);
  });
});

describeWithPython('Philox beside Python', ['numpy'], () => {
  it('draws what NumPy does, with any key and counter', () => {
    const program = `
import json, sys
import numpy as np
draws = [np.random.Philox(key=[a, b], counter=[block, stream, 0, 0]).random_raw(4)
         for a, b, stream, block in json.loads(sys.argv[1])]
print(json.dumps([[f'{int(word):x}' for word in words] for words in draws]))`;
    const twister = new MersenneTwister();
    twister.seed(1);
    const upTo = (last: number) => twister.upTo(last);
    const cases = Array.from({ length: 200 }, () => [upTo(2 ** 31 - 1), upTo(2), upTo(2 ** 31 - 1), upTo(2 ** 31)]);
    const expected = python<string[][]>(program, JSON.stringify(cases));
    expect(cases.map(([a, b, stream, block]) => words(new Philox(a, b), stream, block))).toStrictEqual(expected);
  });
});
