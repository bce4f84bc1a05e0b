/** The words that settings may be, with what each means. */

/** The types of parameters and arithmetic, as documented at {@link Dtype}. */
export const DTYPES = ['float32', 'float64', 'bfloat16'] as const satisfies readonly Dtype[];

/** The type of parameters and arithmetic. */
export type Dtype =
  /** Fast; the default. */
  | 'float32'
  /** As NumPy computes: reproduces the article's figures. */
  | 'float64'
  /**
   * float32 parameters, trained with products of bfloat16 factors and float32 sums: nearly twice as fast for large
   * nets, with some noise in the third digit of the losses. Everything except training computes in float32. Needs the
   * addon and a processor with AVX512-BF16; see {@link BackendInfo.bfloat16}.
   */
  | 'bfloat16';

/** How the first weights are drawn, as documented at {@link Init}. */
export const INITS = ['std', 'he', 'xavier'] as const satisfies readonly Init[];

/**
 * How the first weights are drawn: from a normal distribution of mean 0, whose standard deviation depends on the
 * numbers of inputs and outputs of the layer. Biases start at 0.
 */
export type Init =
  /** The standard deviation is `std` in both layers, as in the article. */
  | 'std'
  /** √(2 / inputs), for layers with ReLU (He et al. 2015, equation 10). */
  | 'he'
  /** √(2 / (inputs + outputs)) (Glorot and Bengio 2010, equation 12). */
  | 'xavier';

/** What early stopping watches, as documented at {@link Monitor}. */
export const MONITORS = ['loss', 'accuracy'] as const satisfies readonly Monitor[];

/** What early stopping watches on the validation rows. */
export type Monitor =
  /** Their mean cross-entropy, which says more than the accuracy when there are few rows. */
  | 'loss'
  /** The share of them whose class is predicted right. */
  | 'accuracy';

/** The update rules, as documented at {@link Optimizer}. */
export const OPTIMIZERS = ['sgd', 'adam', 'adamw'] as const satisfies readonly Optimizer[];

/** How a gradient changes the parameters. */
export type Optimizer =
  /** Stochastic gradient descent, with `momentum` if that is not 0. */
  | 'sgd'
  /** Adam (Kingma and Ba 2015). */
  | 'adam'
  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  | 'adamw';

/** How the rows of minibatches are drawn, as documented at {@link Sampling}. */
export const SAMPLINGS = ['replacement', 'permutation'] as const satisfies readonly Sampling[];

/** How the rows of minibatches are drawn. */
export type Sampling =
  /** Each row from all rows, as in the article: an epoch misses some and has others twice. */
  | 'replacement'
  /**
   * From a new permutation of all rows in each epoch: no row comes twice, and as many as do not fill a minibatch at the
   * end are left out. A minibatch may then not be larger than the number of rows. A training that ends within an epoch
   * leaves its stream in the state before that epoch, so that it can be continued: the next new training with the same
   * stream begins with the same rows.
   */
  | 'permutation';

/** The schedules of the learning rate, as documented at {@link ScheduleKind}. */
export const SCHEDULES = [
  'decay',
  'constant',
  'step',
  'exponential',
  'cosine',
] as const satisfies readonly ScheduleKind[];

/**
 * How the learning rate changes while training goes on. With `warmup`, it first rises to `learningRate` in so many
 * iterations, and t counts from there.
 */
export type ScheduleKind =
  /** Times `learningRateDecay` after t = 0, E, 2E …, where E is the iterations of an epoch, as in the article. */
  | 'decay'
  /** Stays as it is. */
  | 'constant'
  /** learningRate · rateFactor^⌊t / stepEvery⌋. */
  | 'step'
  /** learningRate · rateFactor^t. */
  | 'exponential'
  /** finalRate + (learningRate − finalRate) · (1 + cos(π · t / T)) / 2, where T is the iterations after the warm-up. */
  | 'cosine';

/** How much the rows of each class count, as documented at {@link ClassWeighting}. */
export const CLASS_WEIGHTINGS = ['none', 'balanced'] as const satisfies readonly ClassWeighting[];

/** How much the rows of each class count. */
export type ClassWeighting =
  /** As much as others. */
  | 'none'
  /** N / (classes that have rows · its rows), as in scikit-learn: all classes count alike. */
  | 'balanced';
