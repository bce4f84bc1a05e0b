/** The options of `two-layer-net bench`, and what a measurement needs of them. `npm run bench` has them too. */
import { InvalidArgumentError, Option } from 'commander';
import type { Products } from '../../../binding.js';
import type { BackendChoice } from '../../backend/choose.js';
import { PRODUCTS } from '../../backend/products.js';
import type { MeasureSettings } from '../../measure/measure.js';
import { type BenchShape, parseShape, SHAPES } from '../../measure/shapes.js';
import { defaultThreads } from '../../platform/processors.js';
import { DTYPES, type Dtype } from '../../training/settings.js';
import { backendOption } from './compute.js';
import { listOption, numberOption } from './numbers.js';
import { jsonOption } from './output.js';
import { settingListOption } from './settings.js';

/** The options as commander parses them. */
export interface MeasurementOptions {
  shapes?: BenchShape[];
  threads?: number[];
  dtype: Dtype[];
  products: Products[];
  backend: BackendChoice;
  rounds: number;
  seconds: number;
  rows: number;
  profile: boolean;
  json?: string;
}

/** The options of a measurement. */
export function measurementOptions(): Option[] {
  return [
    new Option(
      '--shapes <shapes...>',
      `${Object.keys(SHAPES).join(', ')}, or sizes such as H64,N200 (default: all named)`,
    )
      // Commander passes one at a time, with those before.
      .argParser((text: string, before: BenchShape[] = []) => [...before, shapeArgument(text)]),
    settingListOption(
      '--threads <list>',
      'threads',
      'numbers of threads, such as 1,2 (default: 1, and one per processor)',
    ),
    listOption('--dtype <list>', 'types of arithmetic', DTYPES, ['float32']),
    listOption('--products <list>', 'matrix products', PRODUCTS, ['auto']),
    backendOption(),
    numberOption('--rounds <n>', 'how often each is measured', { integer: true, min: 1, max: 1000 }, 5),
    numberOption('--seconds <s>', 'length of one measurement', { min: 0, exclusiveMin: true, max: 60 }, 0.5),
    numberOption('--rows <n>', 'rows of the data set', { integer: true, min: 1, max: 1e6 }, 49_000),
    new Option('--profile', 'show how the time of a step is divided').default(false),
    jsonOption(),
  ];
}

/** The settings that the options describe. */
export function measurementSettings(options: MeasurementOptions): MeasureSettings {
  const { shapes = Object.values(SHAPES), dtype, products, backend, rounds, seconds, rows, profile } = options;
  const threads = options.threads ?? [...new Set([1, defaultThreads()])];
  return { shapes, threads, dtypes: dtype, products, backend, rounds, seconds, rows, profile };
}

/**
 * Removes OpenBLAS's choice of kernels from the environment of this process, which has not loaded the library yet, and
 * of its children. It is often a workaround for an old version and would slow down others; every library is measured
 * with the kernels that it chooses.
 *
 * @returns the variables that were removed, with their values
 */
export function withoutCoretype(): Record<string, string> {
  const { OPENBLAS_CORETYPE } = process.env;
  delete process.env.OPENBLAS_CORETYPE;
  return OPENBLAS_CORETYPE === undefined ? {} : { OPENBLAS_CORETYPE };
}

function shapeArgument(text: string): BenchShape {
  try {
    return parseShape(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
