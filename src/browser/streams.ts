/** Streams of bytes, as the browser has them. */

type Bytes = Uint8Array<ArrayBuffer>;

/** Chunks as a stream. */
export function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Bytes> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value as Bytes);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** A stream as chunks: not every browser has streams that can be iterated. */
export async function* chunksOf(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
