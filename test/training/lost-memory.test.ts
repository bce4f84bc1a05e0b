import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { copyParameters } from '../../src/validation/parameters.js';
import { describeInTiers } from '../support/backends.js';
import { thrownBy } from '../support/bad-input.js';
import { brisk, D, ENDLESS, newNet, rejection, X, y } from '../support/training.js';

/** `ArrayBuffer` as ES2024 has it; Node 20 lacks `transfer`. */
type ModernBuffer = ArrayBuffer & {
  readonly detached?: boolean;
  readonly transfer?: (length?: number) => ArrayBuffer;
  resize(length: number): void;
};
const Resizable = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => ModernBuffer;
/** TypeScript's ES2022 library does not declare it. */
const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: MemoryClass } }).WebAssembly;
type MemoryClass = new (size: {
  initial: number;
  maximum: number;
}) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
const hasTransfer = 'transfer' in ArrayBuffer.prototype;

/** Rows that lose their memory when they are told to, and the code of the error that says so. */
interface Losable {
  readonly rows: Float64Array;
  readonly lose: () => void;
  readonly code?: string;
}

function onHeap(lose: (buffer: ModernBuffer) => unknown): () => Losable {
  return () => {
    const rows = Float64Array.from(X);
    return { rows, lose: () => void lose(rows.buffer as ModernBuffer) };
  };
}

const WAYS: readonly (readonly [string, () => Losable])[] = [
  ['structuredClone', onHeap((buffer) => structuredClone(buffer, { transfer: [buffer] }))],
  [
    'postMessage',
    onHeap((buffer) => {
      const { port1 } = new MessageChannel();
      port1.postMessage(buffer, [buffer]);
      port1.close();
    }),
  ],
  ...(hasTransfer ? [['transfer', onHeap((buffer) => buffer.transfer?.(0))] as const] : []),
  [
    'a byte stream',
    onHeap((buffer) => {
      new ReadableStream({ type: 'bytes', start: (stream) => stream.enqueue(new Uint8Array(buffer)) });
    }),
  ],
  [
    'a resizable buffer',
    () => {
      const bytes = 8 * X.length;
      const buffer = new Resizable(bytes, { maxByteLength: bytes });
      const rows = new Float64Array(buffer);
      rows.set(X);
      return { rows, lose: () => buffer.resize(8 * D), code: 'ERR_SHAPE' };
    },
  ],
  [
    'a WebAssembly memory that grows',
    () => {
      const memory = new Memory({ initial: 1, maximum: 2 });
      const rows = new Float64Array(memory.buffer, 0, X.length);
      rows.set(X);
      return { rows, lose: () => void memory.grow(1) };
    },
  ],
];

describeInTiers('rows whose memory is taken away while they are trained on', (backend) => {
  it.each(WAYS)('do no harm in the background: %s', async (_, make) => {
    const untouched = newNet(backend);
    const options = { ...brisk, numIters: 200 };
    const { lossHistory } = await untouched.train(X, y, X, y, options);
    for (const when of ['at once', 'later']) {
      const net = newNet(backend);
      const [training, validation] = [make(), make()];
      const lose = () => {
        for (const each of [training, validation]) each.lose();
      };
      let told = 0;
      const onProgress = () => {
        if (told++ === 0) lose();
      };
      const history = net.train(training.rows, y, validation.rows, y, {
        ...options,
        ...(when === 'later' && { progressInterval: 0, onProgress }),
      });
      if (when === 'at once') lose();
      expect((await history).lossHistory).toStrictEqual(lossHistory);
      expect(copyParameters(net.params)).toStrictEqual(copyParameters(untouched.params));
    }
  });

  it.each(WAYS)('end trainSync with an error that names them: %s', (_, make) => {
    for (const name of ['X', 'Xval']) {
      const { rows, lose, code = 'ERR_DETACHED' } = make();
      const net = newNet(backend);
      const options = { ...brisk, numIters: ENDLESS, progressInterval: 0, onProgress: lose };
      const [first, second] = name === 'X' ? [rows, X] : [X, rows];
      const error = thrownBy(() => net.trainSync(first, y, second, y, options));
      expect(error).toMatchObject({ code, message: expect.stringContaining(` ${name} but `) });
      // It holds what was trained until then, and can go on.
      expect(copyParameters(net.params)).not.toStrictEqual(copyParameters(newNet(backend).params));
      expect(net.trainSync(X, y, X, y, { ...brisk, numIters: 1 }).lossHistory).toHaveLength(1);
    }
  });

  it('leaves labels, weights and the mean as they were when it began', () => {
    const options = { ...brisk, numIters: 50, progressInterval: 0 };
    const mean = new Float64Array(D).fill(0.1);
    const untouched = newNet(backend);
    untouched.mean = mean.slice();
    const weights = new Float64Array(40).fill(0.5);
    const { lossHistory } = untouched.trainSync(X, y, X, y, { ...options, sampleWeights: weights.slice() });
    const net = newNet(backend);
    net.mean = mean;
    const labels = Int32Array.from(y);
    const onProgress = () => {
      for (const array of [labels, weights, mean]) {
        if (array.length > 0) structuredClone(array, { transfer: [array.buffer] });
      }
    };
    const history = net.trainSync(X, labels, X, labels, { ...options, sampleWeights: weights, onProgress });
    expect(history.lossHistory).toStrictEqual(lossHistory);
  });
});

/** Just too many bytes to be copied; pages that nobody writes take no memory. */
const LARGE = { D: 1 << 20, N: 257 };

describeInTiers('large rows, which are not copied', (backend) => {
  const options = { batchSize: 2, numIters: ENDLESS, progressInterval: 0 };
  const large = () => new Uint8Array(LARGE.D * LARGE.N);
  const labels = new Uint8Array(LARGE.N);
  const net = () => new TwoLayerNet({ inputSize: LARGE.D, hiddenSize: 1, numClasses: 2, backend, threads: 1 });

  it('cannot be transferred while they are trained on, by what programs use for it', async () => {
    const rows = large();
    const buffer = rows.buffer as ModernBuffer;
    const codes: unknown[] = [];
    const code = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        codes.push((error as { code?: unknown }).code ?? (error as Error).name);
      }
    };
    const controller = new AbortController();
    const onProgress = () => {
      code(() => structuredClone(buffer, { transfer: [buffer] }));
      code(() => buffer.transfer?.(0));
      controller.abort();
    };
    const error = await rejection(
      net().train(rows, labels, null, null, { ...options, onProgress, signal: controller.signal }),
    );
    expect(error.code).toBe('ABORT_ERR');
    expect(rows).toHaveLength(LARGE.D * LARGE.N);
    expect(Object.getOwnPropertyNames(buffer)).toStrictEqual([]);
    // Node 20 copies instead, and has no transfer().
    expect(codes.slice(0, hasTransfer ? 2 : 0)).toStrictEqual(hasTransfer ? [25, 'ERR_BUSY'] : []);
  });

  it('end the training with an error where a byte stream takes them all the same', async () => {
    const rows = large();
    let refused = false;
    const controller = new AbortController();
    const training = rejection(net().train(rows, labels, null, null, { ...options, signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 1));
    const stream = new ReadableStream({
      type: 'bytes',
      start: (queue) => {
        try {
          queue.enqueue(rows);
        } catch {
          refused = true; // Node 24
          controller.abort();
        }
      },
    });
    const { code, message } = (await training) as { code?: string; message: string };
    if (refused) expect(code).toBe('ABORT_ERR');
    else
      expect([code, message]).toStrictEqual(['ERR_DETACHED', expect.stringContaining('for X but received one whose')]);
    await stream.cancel();
  });

  it('are guarded as long as one of several trainings uses them', async () => {
    const rows = large();
    const [first, second] = [new AbortController(), new AbortController()];
    const [one, two] = [first, second].map(({ signal }) =>
      rejection(net().train(rows, labels, null, null, { ...options, signal })),
    );
    first.abort();
    await one;
    if (hasTransfer) expect(() => (rows.buffer as ModernBuffer).transfer?.(0)).toThrow('a training reads this memory');
    second.abort();
    await two;
    expect(Object.getOwnPropertyNames(rows.buffer)).toStrictEqual([]);
  });
});
