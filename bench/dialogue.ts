/** A dialogue with a separate program, one line of JSON at a time. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { PeerProgram } from './peer-programs.js';

/** Characters of standard error to keep: the last ones say why a peer died. */
const KEPT_ERRORS = 4000;

/** Each library's environment variable for its number of threads. */
const THREAD_VARIABLES = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'VECLIB_MAXIMUM_THREADS'];

/**
 * Makes glibc keep freed memory. By default it returns large arrays to the system, and a library that allocates in each
 * step pays for new pages or not, depending on the layout of its heap (scikit-learn: 2 or 4 ms per step).
 */
const KEEP_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(2 ** 26),
};

/** What the program says in a line. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Requests to a child process and its answers. In between the process is stopped (SIGSTOP): the threads of a BLAS or of
 * OpenMP keep spinning for a while after their work, which would slow down the next contender.
 */
export class Dialogue {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private readonly died: Promise<never>;
  private errors = '';
  /** Why there are no more requests: after an invalid answer or none, the next could belong to an old request. */
  private lost: unknown;

  constructor(
    { command, args, env = {} }: PeerProgram,
    threads: number,
    private readonly patience: number,
  ) {
    const limits = Object.fromEntries(THREAD_VARIABLES.map((name) => [name, String(threads)]));
    this.child = spawn(command, args, { env: { ...process.env, ...KEEP_MEMORY, ...limits, ...env } });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-KEPT_ERRORS);
    });
    // If writing fails, the process has ended, and `died` says why.
    this.child.stdin.on('error', () => {});
    this.died = new Promise((_, reject) => {
      this.child.on('error', (error) => reject(new Error(`it could not be started: ${error.message}`)));
      this.child.on('close', (code, signal) => reject(new Error(this.obituary(code, signal))));
    });
    // It may end between two requests; the next one then reports the error.
    this.died.catch(() => {});
    running.add(this.child);
    this.child.on('close', () => running.delete(this.child));
  }

  /** @throws Error with the peer's reason, or why there was no answer: then every later request fails too */
  async ask(request: object): Promise<Answer> {
    if (this.lost !== undefined) throw this.lost;
    this.child.kill('SIGCONT');
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answer();
    if (typeof answer.failed === 'string') throw new Error(answer.failed);
    return answer;
  }

  /** Reads the next line. */
  async answer(): Promise<Answer> {
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
      const error = new Error(`it did not answer within ${this.patience} s`);
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
    // The error below covers this, and JSON that is not an object.
  }
  throw new Error(`expected a line of JSON but it printed ${JSON.stringify(line.slice(0, 200))}`);
}

/** Running peers. A stopped process would outlive its parent. */
const running = new Set<ChildProcessWithoutNullStreams>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
