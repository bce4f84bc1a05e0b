/** Paints the synthetic pictures, in a Worker: it takes a second, in which the page stays awake. */
import { type Dataset, syntheticCifar10 } from 'two-layer-net';

/** Pictures to train on: enough to learn from, few enough to wait for. */
const TRAINED = 8000;

/** Rows of bytes and their classes, as a message has them. */
export interface SentRows {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly y: Dataset['train']['y'];
}

/** What the Worker answers. */
export type SentPictures = Readonly<Record<'train' | 'validation' | 'test', SentRows>> &
  Pick<Dataset, 'classNames' | 'imageShape'>;

const { train, validation, test, classNames, imageShape } = syntheticCifar10();
const sent = ({ X, y }: Dataset['train'], rows = y.length): SentRows => ({
  data: Uint8Array.from(X.data.subarray(0, rows * X.columns)),
  y: y.slice(0, rows),
});
const parts = { train: sent(train, TRAINED), validation: sent(validation), test: sent(test) };
const answer: SentPictures = { ...parts, classNames, imageShape };
postMessage(answer, { transfer: Object.values(parts).map(({ data }) => data.buffer) });
