/** Work on large data sets gives the event loop turns, and is the same as at once. */
import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import { inTurns } from '../../src/platform/turns.js';
import { RandomState } from '../../src/random/random-state.js';
import { fingerprint, hashing } from '../../src/tune/results-file.js';
import { givesTurns } from '../support/turns.js';

const D = 1000;
const N = 60_000;
const bytes = new Uint8Array(N * D).fill(7);
for (let i = 0; i < N; i++) bytes[i * D] = i % 251;
const data = new Dataset({ train: { X: new Matrix(bytes, D), y: Int32Array.from({ length: N }, (_, i) => i % 3) } });
const shuffled = () => ({ random: new RandomState(1), stratify: true });

test.each([
  ['dividing rows', () => inTurns(data.splitting({ validation: 0.1 }, shuffled()))],
  [
    'taking a fold',
    () =>
      inTurns(
        data.folding(
          Int32Array.from({ length: N }, (_, i) => i % 5),
          2,
        ),
      ),
  ],
  ['fitting a mean', () => inTurns(data.centering())],
  ['hashing', () => inTurns(hashing(data))],
])('%s gives turns', async (_, work: () => Promise<unknown>) => {
  expect(await givesTurns(work)).toBe(true);
});

test('the results are those of the calls without turns', async () => {
  const split = data.split({ validation: 0.1 }, shuffled());
  const inPieces = await inTurns(data.splitting({ validation: 0.1 }, shuffled()));
  expect(inPieces.train.y).toEqual(split.train.y);
  expect(Buffer.compare(inPieces.train.X.data as Uint8Array, split.train.X.data as Uint8Array)).toBe(0);
  expect((await inTurns(data.centering())).mean).toEqual(data.center().mean);
  expect(await inTurns(hashing(data))).toBe(fingerprint(data));
});
