/**
 * The user's wish to stop, by Ctrl-C or another way. The first Ctrl-C ends what runs cleanly and keeps what was done;
 * the second ends the process at once.
 */
export class Interruption {
  /** What the shell expects of a program that was ended by SIGINT: 128 + 2. */
  static readonly EXIT_CODE = 130;
  readonly #abort = new AbortController();
  readonly #message: string;
  #bySignal = false;

  /** @param message - what the user is told at Ctrl-C */
  constructor(message: string) {
    this.#message = message;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether it was Ctrl-C. */
  get bySignal(): boolean {
    return this.#bySignal;
  }

  stop(): void {
    this.#abort.abort();
  }

  /**
   * Runs `work`, during which Ctrl-C stops it.
   *
   * @param clear - called before the user is told, to take down what is drawn on the terminal
   */
  async during<T>(work: () => Promise<T>, clear: () => void): Promise<T> {
    // Once: the second Ctrl-C finds the system's own action, which needs no turn of this thread to end the process.
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
      // What follows may be interrupted as any program is: files are replaced whole.
      process.off('SIGINT', interrupt);
    }
  }
}
