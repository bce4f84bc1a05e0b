/** The options of `two-layer-net bench`, and what a measurement needs of them. `npm run bench` has them too. */
import { InvalidArgumentError, Option } from 'commander';
import type { Products } from '../../../binding.js';
import type { BackendChoice } from '../../backend/choose.js';
import { PRODUCTS } from '../../backend/products.js';
import type { MeasureSettings } from '../../measure/measure.js';
import { WORK, type Work } from '../../measure/net-work.js';
import { ROW_TYPES, type RowType } from '../../measure/random-data.js';
import { type BenchShape, FAMILIES, parseShapes, SHAPES } from '../../measure/shapes.js';
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
  rowType: RowType[];
  measure: Work[];
  backend: BackendChoice;
  simd?: string;
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
      `${Object.keys(SHAPES).join(', ')}; several: ${Object.keys(FAMILIES).join(', ')}; or sizes such as H64,N200 ` +
        '(default: standard)',
    )
      // Commander passes one at a time, with those before.
      .argParser((text: string, before: BenchShape[] = []) => [...before, ...shapesArgument(text)]),
    settingListOption(
      '--threads <list>',
      'threads',
      'numbers of threads, such as 1,2 (default: 1, and one per processor)',
    ),
    listOption('--dtype <list>', 'types of arithmetic', DTYPES, ['float32']),
    listOption('--products <list>', 'matrix products', PRODUCTS, ['auto']),
    listOption('--row-type <list>', 'type of the numbers in rows', ROW_TYPES, ['bytes']),
    listOption('--measure <list>', 'what to measure', WORK, [...WORK]),
    backendOption(),
    new Option('--simd <target>', 'the SIMD kernels of one target, such as AVX2 (default: the best)').conflicts(
      'backend',
    ),
    numberOption('--rounds <n>', 'how often each is measured', { integer: true, min: 1, max: 1000 }, 5),
    numberOption('--seconds <s>', 'length of one measurement', { min: 0, exclusiveMin: true, max: 60 }, 0.5),
    numberOption('--rows <n>', 'rows of the data set', { integer: true, min: 1, max: 1e6 }, 49_000),
    new Option('--profile', 'show how the time of a step is divided; measures steps').default(false),
    jsonOption(),
  ];
}

/**
 * The settings that the options describe. It chooses the SIMD target for this process and those that it starts, so it
 * must be called before the addon is loaded.
 *
 * @throws Error `ERR_NATIVE_UNAVAILABLE` if the addon does not have the SIMD target
 */
export function measurementSettings(options: MeasurementOptions): MeasureSettings {
  const {
    shapes = FAMILIES.standard,
    dtype,
    products,
    rowType,
    measure,
    simd,
    rounds,
    seconds,
    rows,
    profile,
  } = options;
  const threads = options.threads ?? [...new Set([1, defaultThreads()])];
  const work = profile ? [...new Set<Work>(['steps', ...measure])] : measure;
  if (simd !== undefined) process.env.TWO_LAYER_NET_SIMD = simd;
  // Kernels of one target belong to the addon: without it there is nothing to measure.
  const backend = simd === undefined ? options.backend : 'native';
  const how = { dtypes: dtype, products, rowTypes: rowType, backend };
  return { shapes, threads, ...how, work, rounds, seconds, rows, profile };
}

/** Variables by which OpenBLAS would not choose its kernels, or the sizes of their blocks, itself. */
const OPENBLAS_CHOICES = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

/**
 * Removes choices for OpenBLAS from the environment of this process, which has not loaded the library yet, and of its
 * children. They are often workarounds for an old version and would slow down others; every library is measured with
 * what it chooses itself.
 *
 * @returns the variables that were removed, with their values
 */
export function withoutOpenblasChoices(): Record<string, string> {
  const removed: Record<string, string> = {};
  for (const name of OPENBLAS_CHOICES) {
    const value = process.env[name];
    if (value !== undefined) removed[name] = value;
    delete process.env[name];
  }
  return removed;
}

function shapesArgument(text: string): readonly BenchShape[] {
  try {
    return parseShapes(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
