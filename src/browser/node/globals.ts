/** The globals of Node that this package's code uses: the bundle is given these in their place. */
export { Buffer } from './buffer.js';

const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** Calls `action` in a turn of the event loop of its own. A timer would wait for 4 ms: a message does not. */
export function setImmediate(action: () => void): void {
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  waiting.push(action);
  channel.port2.postMessage(undefined);
}

/** Shows a warning where `process.emitWarning` would. */
export function emitWarning(message: string): void {
  console.warn(message);
}
