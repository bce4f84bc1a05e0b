/**
 * The user's wish to stop, by Ctrl-C or another way. The first Ctrl-C ends what runs cleanly and keeps what was done;
 * the second ends the process at once.
 */
export class Interruption {
  /** The exit code of a program ended by SIGINT, by convention: 128 + 2. */
  static readonly EXIT_CODE = 130;
  readonly #abort = new AbortController();
  readonly #message: string;
  #bySignal = false;

  /** @param message - shown when the user presses Ctrl-C */
  constructor(message: string) {
    this.#message = message;
  }

  /** Aborted when the user asks to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the user pressed Ctrl-C. */
  get bySignal(): boolean {
    return this.#bySignal;
  }

  /** Asks the work to stop. */
  stop(): void {
    this.#abort.abort();
  }

  /**
   * Runs `work`. Ctrl-C stops it.
   *
   * @param clear - called before the message is shown, to remove progress from the terminal
   */
  async during<T>(work: () => Promise<T>, clear: () => void): Promise<T> {
    // Only once: the second Ctrl-C meets the system's default action, which ends the process even if this thread is
    // busy.
    const interrupt = () => {
      this.#bySignal = true;
      this.stop();
      clear();
      process.stderr.write(`${this.#message}. Ctrl-C again stops at once\n`);
    };
    process.once('SIGINT', interrupt);
    try {
      return await work();
    } finally {
      // Later work may be interrupted at any time, since files are replaced atomically.
      process.off('SIGINT', interrupt);
    }
  }
}
