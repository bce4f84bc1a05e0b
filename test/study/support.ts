/** Data, studies and servers for the tests of queues. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { redisProgram, startRedis } from '../../bench/many-machines/redis.mjs';
import { Dataset } from '../../src/data/dataset.js';
import { Matrix, RandomState } from '../../src/index.js';
import { dataRecord, type Study } from '../../src/study/record.js';
import { fingerprint } from '../../src/tune/results-file.js';
import { resolveSearch, type SearchOptions } from '../../src/tune/search.js';
import type { TrialResult } from '../../src/tune/trial.js';

/** Points of three classes. */
export function points(seed = 3): Dataset {
  const random = new RandomState(seed);
  const part = (rows: number) => {
    const y = Array.from(random.choice(3, rows));
    const X = Float32Array.from(random.randn(rows * 4), (value, i) => value + (i % 4 === y[Math.floor(i / 4)] ? 2 : 0));
    return { X: new Matrix(X, 4), y };
  };
  return new Dataset({ train: part(90), validation: part(40) });
}

/** A halving in three rounds: 18 combinations, 2 seeds. */
export const HALVING = {
  search: 'halving',
  space: {
    learningRate: [0.3, 0.1, 0.03, 1e-3, 1e12, 0.01],
    reg: [0, 0.01, 0.1],
    hiddenSize: 5,
    batchSize: 16,
    std: 0.1,
  },
  numIters: 90,
  minIters: 10,
  seeds: 2,
} as const satisfies SearchOptions;

export function studyOn(data: Dataset, search: SearchOptions, given: Partial<Study> = {}): Study {
  return {
    name: 'one',
    created: new Date(0).toISOString(),
    search: resolveSearch(search),
    ...dataRecord(data, fingerprint(data)),
    backend: 'some kernels',
    mixed: true,
    source: null,
    stateBytes: 2 ** 24,
    done: false,
    ...given,
  };
}

/** What must be the same wherever a trial runs. */
export const withoutSeconds = (results: readonly TrialResult[]) => results.map(({ seconds: _, ...rest }) => rest);

/** A server of Redis or Valkey for the tests of a file; without one on this machine they are skipped. */
export function describeWithRedis(title: string, tests: (server: () => RedisServer) => void): void {
  const missing = redisProgram() === undefined;
  const why = 'skipped: there is no redis-server or valkey-server';
  describe.skipIf(missing)(missing ? `${title} (${why})` : title, () => {
    let server: RedisServer;
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'two-layer-net-redis-'));
      server = await startRedis(folder);
    });
    afterAll(async () => {
      await server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    tests(() => server);
  });
}

type RedisServer = Awaited<ReturnType<typeof startRedis>>;
