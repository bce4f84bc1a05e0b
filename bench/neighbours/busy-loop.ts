/** A neighbour: another process that never waits for anything, at a low priority. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** An endless loop in a process of its own. It is stopped except while {@link BusyLoop.during} waits for some work. */
export class BusyLoop {
  private constructor(private readonly child: ChildProcess) {
    process.once('exit', this.end);
  }

  /** @param niceness - as the `nice` command counts: 0 is a program's usual priority, 19 the lowest */
  static async start(niceness: number): Promise<BusyLoop> {
    const child = spawn(process.execPath, ['-e', "process.stdout.write('.'); for (;;);"]);
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    setPriority(child.pid as number, niceness);
    return new BusyLoop(child);
  }

  /**
   * Runs the loop while some work goes on.
   *
   * @returns what the work returns, and the processors that the loop had meanwhile: at most 1, or NaN where the system
   * does not tell
   */
  async during<T>(work: () => Promise<T>): Promise<{ result: T; processors: number }> {
    const [start, used] = [performance.now(), this.usedMilliseconds()];
    this.child.kill('SIGCONT');
    const result = await work();
    this.child.kill('SIGSTOP');
    return { result, processors: (this.usedMilliseconds() - used) / (performance.now() - start) };
  }

  readonly end = (): void => {
    process.off('exit', this.end);
    this.child.kill('SIGKILL');
  };

  /** From Linux's account of a process: nanoseconds on a processor come first. */
  private usedMilliseconds(): number {
    if (process.platform !== 'linux') return Number.NaN;
    return Number(readFileSync(`/proc/${this.child.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  }
}
