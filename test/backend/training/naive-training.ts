/** A training with dropout and changed pictures by the shortest program, which shares no code with the backends. */
import { RandomState } from '../../../src/random/random-state.js';
import { MINIBATCH_SEED, type NoisyResult, type NoisyTraining, startOf } from './noisy-trainings.js';

const WORD = 2n ** 64n;

/** Blocks that were drawn before. */
const drawn = new Map<string, readonly bigint[]>();

/** Word n of `np.random.Philox(key, counter=[0, t, 0, 0])`, in BigInts. */
function philoxWord(key: readonly [bigint, bigint], t: number, n: number): bigint {
  const block = Math.floor(n / 4);
  const id = `${key},${t},${block}`;
  const words = drawn.get(id) ?? philoxBlock(key, [BigInt(block + 1), BigInt(t), 0n, 0n]);
  drawn.set(id, words);
  return words[n % 4];
}

function philoxBlock([k0, k1]: readonly [bigint, bigint], counter: readonly bigint[]): readonly bigint[] {
  let words = counter;
  for (let round = 0n; round < 10n; round++) {
    const [p0, p1] = [0xd2e7470ee14c6c93n * words[0], 0xca5a826395121157n * words[2]];
    const [key0, key1] = [(k0 + round * 0x9e3779b97f4a7c15n) % WORD, (k1 + round * 0xbb67ae8584caa73bn) % WORD];
    words = [(p1 / WORD) ^ words[1] ^ key0, p1 % WORD, (p0 / WORD) ^ words[3] ^ key1, p0 % WORD];
  }
  return words;
}

/** What number i of a row becomes, of rows with this length. */
function dropout(rate: number, seed: number, kind: number, length: number) {
  const threshold = Math.round(rate * 65536);
  const stride = 16 * Math.ceil(length / 16);
  return (t: number, row: number, i: number, value: number): number => {
    const at = row * stride + i;
    const word = philoxWord([BigInt(seed), BigInt(kind)], t, Math.floor(at / 4));
    const draw = Number((word >> BigInt(16 * (at % 4))) & 0xffffn);
    return draw < threshold ? 0 : value / (1 - threshold / 65536);
  };
}

/** The index in its row of the number that takes the place of number i. */
function pictureChange({ picture, flip, shift, noiseSeed }: NoisyTraining) {
  return (t: number, row: number, i: number): number => {
    if (!picture) return i;
    const { height, width, channels } = picture;
    const word = philoxWord([BigInt(noiseSeed), 2n], t, row);
    const move = (bit: bigint) => Math.floor((Number((word >> bit) & 0xffffn) * (2 * shift + 1)) / 65536) - shift;
    const into = (index: number, size: number) => Math.min(Math.max(index, 0), size - 1);
    const y = into(Math.floor(i / channels / width) - move(16n), height);
    const x = into((Math.floor(i / channels) % width) - move(32n), width);
    const unflipped = flip && word % 2n === 1n ? width - 1 - x : x;
    return (y * width + unflipped) * channels + (i % channels);
  };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export function naiveTraining(training: NoisyTraining): NoisyResult {
  const { D, H, C, N, batchSize: B, numIters, learningRate, reg, momentum, noiseSeed, sampling } = training;
  const { parameters: P, data, mean, labels } = startOf(training);
  const velocity = { W1: P.W1.map(() => 0), b1: P.b1.map(() => 0), W2: P.W2.map(() => 0), b2: P.b2.map(() => 0) };
  const dropHidden = dropout(training.dropout, noiseSeed, 0, H);
  const dropInput = dropout(training.inputDropout, noiseSeed, 1, D);
  const changed = pictureChange(training);
  const random = new RandomState(MINIBATCH_SEED);
  const epoch = Math.max(Math.floor(N / B), 1);
  let order: ArrayLike<number> = [];
  const losses = [];
  for (let t = 0; t < numIters; t++) {
    if (sampling === 'permutation' && t % epoch === 0) order = random.permutation(N);
    const first = (t % epoch) * B;
    const rows = sampling === 'permutation' ? range(B).map((r) => order[first + r]) : [...random.choice(N, B)];
    const X = rows.map((row, r) =>
      range(D).map((d) => dropInput(t, r, d, data[row * D + changed(t, r, d)] - (mean?.[d] ?? 0))),
    );
    const hidden = X.map((x, r) =>
      range(H).map((h) =>
        dropHidden(t, r, h, Math.max(0, P.b1[h] + sum(x.map((value, d) => value * P.W1[d * H + h])))),
      ),
    );
    const scores = hidden.map((a) => range(C).map((c) => P.b2[c] + sum(a.map((value, h) => value * P.W2[h * C + c]))));
    const exp = scores.map((s) => s.map(Math.exp));
    const p = exp.map((e) => e.map((value) => value / sum(e)));
    const penalty = 0.5 * reg * (sum([...P.W1].map((w) => w * w)) + sum([...P.W2].map((w) => w * w)));
    losses.push(sum(p.map((of, r) => -Math.log(of[labels[rows[r]]]))) / B + penalty);
    const dscores = p.map((of, r) => of.map((value, c) => (value - (c === labels[rows[r]] ? 1 : 0)) / B));
    const dhidden = hidden.map((a, r) =>
      a.map((value, h) => (value > 0 ? dropHidden(t, r, h, sum(dscores[r].map((g, c) => g * P.W2[h * C + c]))) : 0)),
    );
    const gradients = {
      W1: P.W1.map((w, i) => sum(X.map((x, r) => x[Math.floor(i / H)] * dhidden[r][i % H])) + reg * w),
      b1: P.b1.map((_, h) => sum(dhidden.map((g) => g[h]))),
      W2: P.W2.map((w, i) => sum(hidden.map((a, r) => a[Math.floor(i / C)] * dscores[r][i % C])) + reg * w),
      b2: P.b2.map((_, c) => sum(dscores.map((g) => g[c]))),
    };
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      gradients[name].forEach((g, i) => {
        velocity[name][i] = momentum * velocity[name][i] + g;
        P[name][i] -= learningRate * velocity[name][i];
      });
    }
  }
  return { losses, W1: [...P.W1], b1: [...P.b1], W2: [...P.W2], b2: [...P.b2] };
}
