/**
 * A peer: a program of its own that speaks one line of JSON at a time. On start it prints
 * `{"name", "version", "threads", "dtype"}` (and `"work": "products"` where it does the two large products alone), or
 * `{"unavailable": "why"}`. To `{"prepare": {"D", "H", "C", "N", "rows"}}` it answers `{"ready": true}`, to `{"run": n}`
 * with the seconds that n iterations took, `{"seconds"}`, and to either with `{"failed": "why"}`. It ends with its standard
 * input.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BenchDtype, Contender, Description } from './contender.js';
import type { PeerProgram } from './peer-programs.js';
import type { BenchShape } from './shapes.js';

/** What a peer says of itself. */
export interface PeerIntroduction extends Description {
  readonly version: string;
}

/** How a peer is run. */
export interface PeerSettings {
  readonly threads: number;
  /** Rows of its data set. */
  readonly rows: number;
  /** Seconds that it may take for an answer; compilers take their time. */
  readonly patience?: number;
}

const PATIENCE = 300;

/** The last of what a peer wrote to standard error is kept: its cause of death. */
const KEPT_ERRORS = 4000;

/** Every library's own name for the number of threads that it may use. */
const THREAD_VARIABLES = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS'];

/**
 * glibc gives large arrays back to the system whenever they are freed, so that every step of a library that allocates pays
 * for new pages, or not, by the luck of the heap's layout (scikit-learn: 2 or 4 ms for one step). Kept instead.
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(2 ** 26),
};

type Answer = Readonly<Record<string, unknown>>;

/** A peer that runs. */
export class Peer implements Contender {
  readonly name: string;
  readonly dtype: BenchDtype;
  readonly work: Description['work'];
  readonly threads: number;

  private constructor(
    readonly introduction: PeerIntroduction,
    private readonly dialogue: Dialogue,
    private readonly rows: number,
  ) {
    this.name = introduction.name;
    this.dtype = introduction.dtype;
    this.work = introduction.work;
    this.threads = introduction.threads;
  }

  /**
   * Starts a peer and hears its introduction.
   *
   * @throws Error with the reason why it is not to be had
   */
  static async start(program: PeerProgram, { threads, rows, patience = PATIENCE }: PeerSettings): Promise<Peer> {
    if (program.missing !== undefined) throw new Error(program.missing);
    const dialogue = new Dialogue(program, threads, patience);
    try {
      const answer = await dialogue.hear();
      if (typeof answer.unavailable === 'string') throw new Error(answer.unavailable);
      return new Peer(introductionOf(answer), dialogue, rows);
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

  /** Ends it, whatever it is at. */
  end(): void {
    this.dialogue.end();
  }
}

function introductionOf(answer: Answer): PeerIntroduction {
  const { name, version, threads, dtype, work = 'step' } = answer;
  const known = dtype === 'float32' || dtype === 'float64' || dtype === 'bfloat16';
  const right = typeof name === 'string' && typeof version === 'string' && typeof threads === 'number' && known;
  if (right && (work === 'step' || work === 'products')) return { name, version, threads, dtype, work };
  throw new Error(`expected its name, version, threads and dtype but it said ${JSON.stringify(answer)}`);
}

/**
 * Questions and answers with a child process. Between them it is stopped (SIGSTOP): threads of a BLAS or of OpenMP that
 * spin for a while after their work, each for as long as its library thinks, would otherwise slow whoever comes next.
 */
class Dialogue {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly died: Promise<never>;
  private errors = '';
  /** Why nothing more is asked: after a wrong answer or none, the next could be to an old question. */
  private lost: unknown;

  constructor(
    { command, args }: PeerProgram,
    threads: number,
    private readonly patience: number,
  ) {
    const limits = Object.fromEntries(THREAD_VARIABLES.map((name) => [name, String(threads)]));
    this.child = spawn(command, args, { env: { ...process.env, ...KEEP_MEMORY, ...limits } });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-KEPT_ERRORS);
    });
    // What cannot be written any more is told by the end of the process.
    this.child.stdin.on('error', () => {});
    this.died = new Promise((_, reject) => {
      this.child.on('error', (error) => reject(new Error(`it cannot be started: ${error.message}`)));
      this.child.on('close', (code, signal) => reject(new Error(this.obituary(code, signal))));
    });
    this.died.catch(() => {}); // it may end between two questions
    running.add(this.child);
    this.child.on('close', () => running.delete(this.child));
  }

  /** @throws Error with what the peer failed by, or why there was no answer; in the latter case, for good */
  async ask(question: object): Promise<Answer> {
    if (this.lost !== undefined) throw this.lost;
    this.child.kill('SIGCONT');
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await this.hear();
    if (typeof answer.failed === 'string') throw new Error(answer.failed);
    return answer;
  }

  /** The next line that it says. */
  async hear(): Promise<Answer> {
    try {
      return parse(await this.line());
    } catch (error) {
      this.lost = error;
      this.end();
      throw error;
    } finally {
      this.child.kill('SIGSTOP');
    }
  }

  end(): void {
    this.child.kill('SIGKILL');
  }

  private async line(): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`it gave no answer in ${this.patience} s`);
      timer = setTimeout(() => reject(error), this.patience * 1000);
    });
    try {
      const { value, done } = await Promise.race([this.lines.next(), this.died, late]);
      return done ? await Promise.race([this.died, late]) : value;
    } finally {
      clearTimeout(timer);
    }
  }

  private obituary(code: number | null, signal: NodeJS.Signals | null): string {
    const lines = this.errors.trim().split('\n');
    const cause = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
    return `it ended ${signal ? `by ${signal}` : `with exit code ${code}`}${cause ? `: ${cause}` : ''}`;
  }
}

function parse(line: string): Answer {
  try {
    const answer: unknown = JSON.parse(line);
    if (typeof answer === 'object' && answer !== null) return answer as Answer;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new Error(`expected a line of JSON but it printed ${JSON.stringify(line.slice(0, 200))}`);
}

/** Peers that run. A stopped process outlives its parent unless somebody ends it. */
const running = new Set<ChildProcessWithoutNullStreams>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
