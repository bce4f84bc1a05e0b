/** The signals that ask a program to end, each with its number. */
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

type EndingSignal = keyof typeof SIGNALS;

/**
 * The user's wish to stop, by Ctrl-C or another way, or that of whoever started the program, by SIGTERM: a batch system
 * or a container whose time is over. The first signal ends what runs cleanly and keeps what was done; the second ends
 * the process at once.
 */
export class Interruption {
  readonly #abort = new AbortController();
  readonly #message: string;
  #by: EndingSignal | undefined;

  /** @param message - shown when a signal has come */
  constructor(message: string) {
    this.#message = message;
  }

  /** The exit code of a program that a signal ends, by convention: 128 + its number. */
  static exitCode(signal: EndingSignal): number {
    return 128 + SIGNALS[signal];
  }

  /** Aborted when the user asks to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether a signal has come. */
  get bySignal(): boolean {
    return this.#by !== undefined;
  }

  /** The exit code of the program: 130 or 143 if a signal has come, otherwise what was set before. */
  get exitCode(): typeof process.exitCode {
    return this.#by === undefined ? process.exitCode : Interruption.exitCode(this.#by);
  }

  /** Asks the work to stop. */
  stop(): void {
    this.#abort.abort();
  }

  /**
   * Runs `work`. A signal stops it.
   *
   * @param clear - called before the message is shown, to remove progress from the terminal
   */
  async during<T>(work: () => Promise<T>, clear: () => void): Promise<T> {
    const handlers = (Object.keys(SIGNALS) as EndingSignal[]).map((name) => {
      const interrupt = () => {
        // Only once: the second signal meets the system's default action, which ends the process even if this thread
        // is busy.
        ignore();
        this.#by = name;
        this.stop();
        clear();
        process.stderr.write(`${this.#message}. ${name === 'SIGINT' ? 'Ctrl-C' : name} again stops at once\n`);
      };
      return { name, interrupt };
    });
    const ignore = () => {
      for (const { name, interrupt } of handlers) process.off(name, interrupt);
    };
    for (const { name, interrupt } of handlers) process.on(name, interrupt);
    try {
      return await work();
    } finally {
      // Later work may be interrupted at any time, since files are replaced atomically.
      ignore();
    }
  }
}
