/** The runs of fixtures/optimizers.json, made by PyTorch; `doc` and `draws` in the file say how. */
import { readFileSync } from 'node:fs';
import type { ParameterName } from '../../src/validation/parameters.js';

/** A run: what it was made with besides the settings, and the results. */
export interface GoldenRun extends Record<ParameterName, readonly number[]> {
  readonly seed: number;
  readonly name: string;
  readonly sampleWeights?: true;
  readonly rates: readonly number[];
  readonly losses: readonly number[];
}

/** The file. `Settings` are those of a run, by their names. */
export function goldenOptimizers<Settings>() {
  return JSON.parse(readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8')) as {
    readonly D: number;
    readonly H: number;
    readonly C: number;
    readonly N: number;
    readonly batchSize: number;
    readonly numIters: number;
    readonly std: number;
    readonly runs: readonly (GoldenRun & Settings)[];
  };
}
