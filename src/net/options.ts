/** What a net is made from. */
import type { ParameterArrays, Products } from '../../binding.js';
import type { BackendChoice } from '../backend/choose.js';
import type { RandomState } from '../random/random-state.js';
import { NET_SETTINGS, type SettingsWith, type SettingValues } from '../training/settings.js';
import type { ImageShape } from '../validation/image-shape.js';

/** How a net computes; the same for new nets and for nets made from parameters. */
export interface ComputeOptions {
  /**
   * Which arithmetic to use.
   * @defaultValue 'auto'
   */
  backend?: BackendChoice;
  /**
   * Which matrix products to use: the engine's own SIMD kernels, those of the BLAS, or whichever is faster for the
   * sizes of the net. The TypeScript backend has one kind and ignores it.
   * @defaultValue the environment variable `TWO_LAYER_NET_PRODUCTS`, or `'auto'` without it
   */
  products?: Products | undefined;
  /**
   * Threads of the engine at most, 1 … 1024. It never uses more than there are processors for this process, and work
   * too small to share uses fewer. The results are the same to the last bit for any number.
   * @defaultValue one for each processor that this process may use, by its affinity and the quota of its cgroup
   */
  threads?: number | undefined;
  /**
   * The random stream: initial weights are drawn from it (W1, then W2), then minibatches.
   * @defaultValue a new stream with seed 0, so that a program makes the same net on every run
   */
  random?: RandomState;
}

/** What prediction needs besides the parameters. Training sets them from its data. */
export interface PredictionOptions {
  /**
   * The mean row (D), subtracted from input rows that have no mean of their own; kept, not copied.
   * @defaultValue none: nothing is subtracted
   */
  mean?: Float64Array | undefined;
  /**
   * The name of each class (C), by label.
   * @defaultValue none
   */
  classNames?: readonly string[] | undefined;
  /**
   * How a row is a picture: readers of pictures compare it with what they find.
   * @defaultValue none: rows are not pictures, or nothing is known of that
   */
  imageShape?: ImageShape | undefined;
}

type RequiredSetting = SettingsWith<{ of: 'net'; required: true }>;
type OptionalSetting = Exclude<SettingsWith<{ of: 'net' }>, RequiredSetting | 'threads'>;

/** Options of a new net. */
export interface TwoLayerNetOptions
  extends ComputeOptions,
    PredictionOptions,
    SettingValues<RequiredSetting>,
    Partial<SettingValues<OptionalSetting>> {
  /**
   * Parameters to start with, of the type that `dtype` says; kept, not copied. Nothing is drawn then.
   * @defaultValue random weights
   */
  params?: ParameterArrays;
}

/** The names of the {@link ComputeOptions}. */
export const COMPUTE_OPTIONS = ['backend', 'products', 'threads', 'random'] as const;
/** The names of the {@link PredictionOptions}. */
export const PREDICTION_OPTIONS = ['mean', 'classNames', 'imageShape'] as const;
/** The names of the {@link TwoLayerNetOptions}. */
export const NET_OPTIONS = [...NET_SETTINGS, 'params', ...COMPUTE_OPTIONS, ...PREDICTION_OPTIONS] as const;
