import { describe, expect, it } from 'vitest';
import { type CoreLease, runOnCores } from '../../src/platform/run-on-cores.js';

/** Jobs that run until they are told to end, and what cores each was given. */
function controlled() {
  const given = new Map<string, number[]>();
  const ends = new Map<string, (error?: Error) => void>();
  const work = (job: string, lease: CoreLease) =>
    new Promise<void>((resolve, reject) => {
      const counts: number[] = [];
      given.set(job, counts);
      const ask = () => {
        const { count, changed } = lease.threads();
        counts.push(count);
        changed.addEventListener('abort', ask, { once: true });
      };
      ask();
      ends.set(job, (error) => (error ? reject(error) : resolve()));
    });
  const end = async (job: string, error?: Error) => {
    ends.get(job)?.(error);
    // The next job begins some microtasks later.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { given, work, end };
}

describe('jobs on cores', () => {
  it('gives each job one core while jobs wait, and the last jobs all free cores', async () => {
    const { given, work, end } = controlled();
    const all = runOnCores(['a', 'b', 'c', 'd', 'e'], 4, work);
    expect([...given.keys()]).toStrictEqual(['a', 'b', 'c', 'd']);
    await end('b');
    expect(given.get('e')).toStrictEqual([1]);
    await end('a');
    // Three jobs on four cores.
    expect(['c', 'd', 'e'].map((job) => given.get(job)?.at(-1))).toStrictEqual([1, 1, 2]);
    await end('d');
    expect(['c', 'e'].map((job) => given.get(job)?.at(-1))).toStrictEqual([2, 2]);
    await end('e');
    expect(given.get('c')).toStrictEqual([1, 2, 4]);
    await end('c');
    await all;
  });

  it('gives a single job all cores at once', async () => {
    const { given, work, end } = controlled();
    const all = runOnCores(['a'], 3, work);
    expect(given.get('a')).toStrictEqual([3]);
    await end('a');
    await all;
  });

  it('starts no job after one has failed, waits for the running ones, and throws the first error', async () => {
    const { given, work, end } = controlled();
    const all = runOnCores(['a', 'b', 'c', 'd'], 2, work);
    let ended = false;
    const outcome = all.then(
      () => 'done',
      (error: Error) => error.message,
    );
    outcome.then(() => {
      ended = true;
    });
    await end('b', new Error('first'));
    expect([...given.keys()]).toStrictEqual(['a', 'b']);
    expect(ended).toBe(false);
    await end('a', new Error('second'));
    expect(await outcome).toBe('first');
  });

  it('does nothing without jobs', async () => {
    await runOnCores([], 2, async () => expect.fail('there is no job'));
  });
});
