/**
 * A peer: a separate program that reads and writes one line of JSON at a time. When it starts it prints
 * `{"name", "version", "threads", "dtype"}`, with `"work": "products"` if it computes only the two large products, or
 * `{"unavailable": "why"}`. It answers `{"prepare": {"D", "H", "C", "N", "rows"}}` with `{"ready": true}`, and
 * `{"run": n}` with the seconds that n iterations took, `{"seconds"}`. It may answer either with `{"failed": "why"}`.
 * It exits when its standard input ends.
 */
import type { BenchDtype, Description } from '../src/measure/contender.js';
import type { OtherContender } from '../src/measure/measure.js';
import type { BenchShape } from '../src/measure/shapes.js';
import { type Answer, Dialogue } from './dialogue.js';
import type { PeerProgram } from './peer-programs.js';

/** What a peer says about itself. */
export interface PeerIntroduction extends Description {
  readonly version: string;
}

/** How to run a peer. */
export interface PeerSettings {
  readonly threads: number;
  /** Rows of its data set. */
  readonly rows: number;
  /**
   * As a contender's.
   * @defaultValue 1: most peers time a loop of steps
   */
  readonly minIterations?: number;
  /**
   * Seconds to wait for an answer.
   * @defaultValue 300: compilers are slow
   */
  readonly patience?: number;
}

const PATIENCE = 300;

/** A running peer. */
export class Peer implements OtherContender {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly work: Description['work'];
  readonly threads: number;

  private constructor(
    readonly introduction: PeerIntroduction,
    private readonly dialogue: Dialogue,
    private readonly rows: number,
    readonly minIterations: number,
  ) {
    this.name = introduction.name;
    this.dtype = introduction.dtype;
    this.work = introduction.work;
    this.threads = introduction.threads;
  }

  /**
   * Starts a peer and reads its introduction.
   *
   * @throws Error with the reason if it is unavailable
   */
  static async start(program: PeerProgram, settings: PeerSettings): Promise<Peer> {
    const { threads, rows, minIterations = 1, patience = PATIENCE } = settings;
    if (program.missing !== undefined) throw new Error(program.missing);
    const dialogue = new Dialogue(program, threads, patience);
    try {
      const answer = await dialogue.answer();
      if (typeof answer.unavailable === 'string') throw new Error(answer.unavailable);
      return new Peer(introductionOf(answer), dialogue, rows, minIterations);
    } catch (error) {
      dialogue.end();
      throw error;
    }
  }

  async prepare(shape: BenchShape): Promise<void> {
    await this.dialogue.ask({ prepare: { ...shape, rows: this.rows } });
  }

  async run(iterations: number): Promise<number> {
    const { seconds } = await this.dialogue.ask({ run: iterations });
    if (typeof seconds === 'number' && seconds >= 0) return seconds;
    throw new Error(`expected the seconds of a run but it answered ${JSON.stringify(seconds)}`);
  }

  end(): void {
    this.dialogue.end();
  }
}

function introductionOf(answer: Answer): PeerIntroduction {
  const { name, version, threads, dtype, work = 'step' } = answer;
  const known = dtype === 'float32' || dtype === 'float64' || dtype === 'bfloat16';
  const valid = typeof name === 'string' && typeof version === 'string' && typeof threads === 'number' && known;
  if (valid && (work === 'step' || work === 'products')) return { name, version, threads, dtype, work };
  throw new Error(`expected its name, version, threads and dtype but it said ${JSON.stringify(answer)}`);
}
