/** Runs jobs in parallel on the processor's cores: one core each while there are enough jobs, then several. */

/** The cores that a job has at the moment. */
export interface CoreLease {
  /**
   * How many threads to use now, and a signal that there are more: the job then stops where it is, calls this again,
   * and continues with those.
   */
  readonly threads: () => { readonly count: number; readonly changed: AbortSignal };
}

interface Running {
  cores: number;
  change: AbortController;
}

/**
 * Runs `work` on each job, in order, as many at a time as there are cores. While jobs wait, each has one core, because
 * the threads of a job would wait for each other. The last jobs share the cores evenly, and each is told when another
 * one has finished.
 *
 * @param work - the first error that it throws ends everything once all running jobs have ended; it should stop them
 * @throws the first error of `work`
 */
export async function runOnCores<J>(
  jobs: readonly J[],
  cores: number,
  work: (job: J, lease: CoreLease) => Promise<void>,
): Promise<void> {
  let started = 0;
  let stopped = false;
  const running = new Set<Running>();

  /** Distributes the cores again once no job waits for one. No job gets fewer than before. */
  const share = () => {
    if (started < jobs.length && !stopped) return;
    let left = cores;
    let sharers = running.size;
    for (const job of running) {
      const fair = Math.floor(left / sharers--);
      left -= fair;
      if (fair <= job.cores) continue;
      job.cores = fair;
      job.change.abort();
    }
  };

  const start = async (job: J): Promise<void> => {
    started++;
    const place: Running = { cores: 1, change: new AbortController() };
    running.add(place);
    share();
    const threads = () => {
      if (place.change.signal.aborted) place.change = new AbortController();
      return { count: place.cores, changed: place.change.signal };
    };
    try {
      await work(job, { threads });
    } finally {
      running.delete(place);
      share();
    }
  };
  const stop = (error: unknown) => {
    stopped = true;
    throw error;
  };
  await runAtOnce(jobs, cores, (job) => start(job).catch(stop));
}

/**
 * Runs `work` on each job, in order, `most` at a time.
 *
 * @param work - the first error that it throws ends everything once all running jobs have ended
 * @throws the first error of `work`
 */
export async function runAtOnce<J>(jobs: readonly J[], most: number, work: (job: J) => Promise<void>): Promise<void> {
  // Taken one after the other: a shift of a long list moves all of it.
  let taken = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (taken < jobs.length && !failure) await work(jobs[taken++]);
  };
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  await Promise.all(Array.from({ length: Math.min(most, jobs.length) }, () => worker().catch(fail)));
  if (failure) throw failure.error;
}
