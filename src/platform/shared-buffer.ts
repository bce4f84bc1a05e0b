/**
 * Memory that other threads can use too. A web page that is not cross-origin isolated has none: there it is an
 * ArrayBuffer, which nobody else is given.
 */
export function sharedBuffer(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'function' ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
