import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a program under watch says in a line of JSON: what it begins, and then the same with how it ended. */
export interface Said {
  readonly number: number;
  /** Only when it has ended. */
  readonly code?: string;
}

/**
 * Runs a program that does numbered things one after the other, and says in a line each what it begins and how it
 * ended. When it is silent for too long, or dies, it is started again behind the thing that it was at.
 *
 * @param args - its arguments for the things from `first` on
 * @param silence - milliseconds after which it is ended
 * @returns all that has ended; things that it was at when it fell silent have the code `SILENT`, and else `DIED`
 */
export async function runWatched<S extends Said>(
  args: (first: number) => string[],
  silence: number,
): Promise<(S & { code: string })[]> {
  const ended: (S & { code: string })[] = [];
  for (let first = 0; ; ) {
    const { code, at, silent } = await runOnce<S>(args(first), silence, (said) => ended.push(said));
    if (at === undefined && code === 0) return ended;
    if (at === undefined) throw new Error(`the program ended with ${code} between two things, after ${ended.length}`);
    ended.push({ ...at, code: silent ? 'SILENT' : 'DIED' });
    first = at.number + 1;
  }
}

async function runOnce<S extends Said>(
  args: string[],
  silence: number,
  onEnded: (said: S & { code: string }) => void,
): Promise<{ code: number | null; at: S | undefined; silent: boolean }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let at: S | undefined;
  let silent = false;
  const dog = setTimeout(() => {
    silent = true;
    child.kill('SIGKILL');
  }, silence);
  createInterface({ input: child.stdout }).on('line', (line) => {
    dog.refresh();
    const said = JSON.parse(line) as S;
    at = said.code === undefined ? said : undefined;
    if (said.code !== undefined) onEnded(said as S & { code: string });
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(dog);
  return { code, at, silent };
}
