import { cpus } from 'node:os';

/** Times so far, in seconds; only differences mean something. */
export interface ProcessorTimes {
  /** By the clock. */
  readonly wall: number;
  /** Number of processors. */
  readonly processors: number;
  /** That processors were idle, all together. */
  readonly idle: number;
  /** That this process used, on all processors together. */
  readonly own: number;
}

/**
 * How much of the processors other programs use, and the host of a virtual machine. Looked at only while this process
 * works alone, everything that is neither idle nor its own is theirs.
 */
export class OtherPrograms {
  #others = 0;
  #wall = 0;

  /** @param now - reads the times; for tests */
  constructor(private readonly now: () => ProcessorTimes = times) {}

  /** Does something, during which no other process of this program may work. */
  during<Result>(work: () => Result): Result {
    const before = this.now();
    const result = work();
    const after = this.now();
    const wall = after.wall - before.wall;
    this.#wall += wall;
    this.#others += wall * after.processors - (after.idle - before.idle) - (after.own - before.own);
    return result;
  }

  /** The number of processors that others used on average, such as 0.5; at least 0, and 0 if nothing was done. */
  get processors(): number {
    return this.#wall > 0 ? Math.max(0, this.#others / this.#wall) : 0;
  }
}

function times(): ProcessorTimes {
  const all = cpus();
  const { user, system } = process.cpuUsage();
  return {
    wall: performance.now() / 1000,
    processors: all.length,
    idle: all.reduce((sum, cpu) => sum + cpu.times.idle, 0) / 1000,
    own: (user + system) / 1e6,
  };
}
