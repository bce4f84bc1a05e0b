/** A signal that is not an instance of this realm's AbortSignal, as those of jsdom's windows are not. */
export class ForeignSignal extends EventTarget implements AbortSignal {
  readonly [Symbol.toStringTag] = 'AbortSignal';
  readonly onabort = null;
  aborted = false;
  reason: unknown;

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.dispatchEvent(new Event('abort'));
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
}
