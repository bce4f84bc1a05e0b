/** The options of a net, checked, with every default in place. */
import type { ParameterArrays, Shape } from '../../binding.js';
import { broughtBy } from '../model/use.js';
import { type Dtype, setting } from '../training/settings.js';
import { checkOptions } from '../validation/check.js';
import { checkClassNames } from '../validation/class-names.js';
import { checkImageShape } from '../validation/image-shape.js';
import { checkMean } from '../validation/mean.js';
import { arrayType, checkParameters } from '../validation/parameters.js';
import { type Compute, resolveCompute } from './compute.js';
import type { PredictionOptions, TwoLayerNetOptions } from './options.js';
import { NET_OPTIONS } from './options.js';
import { checkShape, type Deviations, deviationsOf, zeroParameters } from './parameters.js';

/** What a net is made of. */
export interface ResolvedNet extends Shape, Compute, PredictionOptions {
  readonly dtype: Dtype;
  readonly inputScale: number;
  /** Those that were given, or zeros. */
  readonly params: ParameterArrays;
  /** What weights are to be drawn with; undefined for parameters that were given. */
  readonly deviations: Deviations | undefined;
}

/** @throws what the constructor of `TwoLayerNet` throws */
export function resolveNet(options: TwoLayerNetOptions): ResolvedNet {
  checkOptions(options, 'the options of TwoLayerNet', NET_OPTIONS);
  const dtype = setting('dtype', options.dtype);
  const shape = {
    inputSize: setting('inputSize', options.inputSize),
    hiddenSize: setting('hiddenSize', options.hiddenSize),
    numClasses: setting('numClasses', options.numClasses),
  };
  const inputScale = setting('inputScale', options.inputScale);
  const deviations = deviationsOf(options);
  checkShape(shape);
  const compute = resolveCompute(options, dtype);
  const { params } = options;
  // Parameters of another net bring along what its predictions need.
  const { mean, classNames, imageShape } = params?.W1 ? { ...broughtBy(params, options), ...options } : options;
  const type = arrayType(dtype);
  return {
    ...shape,
    ...compute,
    dtype,
    inputScale,
    mean: mean === undefined ? undefined : checkMean(mean, shape.inputSize, 'mean'),
    classNames: classNames === undefined ? undefined : checkClassNames(classNames, shape.numClasses),
    imageShape: imageShape === undefined ? undefined : checkImageShape(imageShape, shape.inputSize),
    params: params === undefined ? zeroParameters(shape, type) : checkParameters(params, shape, type),
    deviations: params === undefined ? deviations : undefined,
  };
}
