/** What other libraries call the options of this package. */

/** Another library's name: the options here that it may mean, the best first; or why there is none. */
type OtherName = readonly string[] | string;

const PLAIN = 'training is plain stochastic gradient descent';
const LAYERS = 'the net is affine, ReLU, affine, softmax';

/** By the name in lower case, without `_`, `-` and spaces. */
const OTHER_NAMES: ReadonlyMap<string, OtherName> = new Map(
  Object.entries({
    lr: ['learningRate'],
    learningrateinit: ['learningRate'],
    initiallearningrate: ['learningRate'],
    eta: ['learningRate'],
    eta0: ['learningRate'],
    stepsize: ['learningRate'],
    decay: ['learningRateDecay'],
    decayrate: ['learningRateDecay'],
    lrdecay: ['learningRateDecay'],
    gamma: ['learningRateDecay'],

    alpha: ['reg'],
    weightdecay: ['reg'],
    l2: ['reg'],
    l2regularization: ['reg'],
    lambda: ['reg'],
    regularization: ['reg'],
    regularizationstrength: ['reg'],

    hidden: ['hiddenSize'],
    hiddendim: ['hiddenSize'],
    hiddenlayers: ['hiddenSize'],
    hiddenlayersizes: ['hiddenSize'],
    hiddensizes: ['hiddenSize'],
    hiddenunits: ['hiddenSize'],
    nhidden: ['hiddenSize'],
    numhidden: ['hiddenSize'],
    units: ['hiddenSize'],

    inputdim: ['inputSize'],
    inputshape: ['inputSize'],
    infeatures: ['inputSize'],
    nfeatures: ['inputSize'],
    numfeatures: ['inputSize'],
    nclasses: ['numClasses'],
    outputdim: ['numClasses'],
    outputsize: ['numClasses'],
    outfeatures: ['numClasses'],

    epochs: ['numIters'],
    maxepochs: ['epochs', 'numIters'],
    nepochs: ['epochs', 'numIters'],
    numepochs: ['epochs', 'numIters'],
    // scikit-learn counts passes over the rows.
    maxiter: ['epochs', 'numIters'],
    iterations: ['numIters'],
    iters: ['numIters'],
    maxsteps: ['numIters'],
    niter: ['numIters'],
    numsteps: ['numIters'],
    steps: ['numIters'],

    batch: ['batchSize'],
    minibatchsize: ['batchSize'],
    perdevicetrainbatchsize: ['batchSize'],

    earlystopping: ['patience'],
    earlystoppingrounds: ['patience'],
    niternochange: ['patience'],
    mindelta: ['minGain'],
    tol: ['minGain'],
    validationdata: ['validation'],
    validationfraction: ['validation'],
    validationsplit: ['validation'],
    testsize: ['test', 'validation'],

    generator: ['random', 'seed'],
    manualseed: ['seed', 'random'],
    randomseed: ['seed', 'random'],
    randomstate: ['seed', 'random'],
    rng: ['random', 'seed'],
    seed: ['random'],

    initializer: ['init'],
    kernelinitializer: ['init'],
    weightinit: ['init'],
    initstd: ['std'],
    sigma: ['std'],
    stddev: ['std'],
    weightscale: ['std'],
    precision: ['dtype'],
    datatype: ['dtype'],

    device: ['backend'],
    njobs: ['threads'],
    nthreads: ['threads'],
    numthreads: ['threads'],
    numworkers: ['threads'],
    workers: ['threads'],

    callback: ['onProgress'],
    callbacks: ['onProgress'],
    verbose: ['onProgress'],
    abortsignal: ['signal'],
    warmstart: ['resume'],
    normalize: ['standardize'],
    cv: ['folds'],
    kfold: ['folds'],
    nsplits: ['folds'],

    momentum: `momentum is not supported, ${PLAIN}`,
    nesterov: `momentum is not supported, ${PLAIN}`,
    nesterovsmomentum: `momentum is not supported, ${PLAIN}`,
    optimizer: `there is no choice of optimizers, ${PLAIN}`,
    solver: `there is no choice of optimizers, ${PLAIN}`,
    beta1: `Adam is not supported, ${PLAIN}`,
    beta2: `Adam is not supported, ${PLAIN}`,
    powert: 'there is no choice of schedules, the learning rate falls by learningRateDecay per epoch',
    schedule: 'there is no choice of schedules, the learning rate falls by learningRateDecay per epoch',
    activation: `there is no choice of activations, ${LAYERS}`,
    layers: `there is no choice of layers, ${LAYERS}`,
    dropout: 'dropout is not supported, reg regularizes',
    l1: 'an L1 penalty is not supported, reg is the strength of an L2 penalty',
    loss: 'there is no choice of losses, training minimizes the cross-entropy',
    classweight: 'weights of classes are not supported, repeat the rows of rare classes',
    sampleweight: 'weights of rows are not supported, repeat rows that count more',
    shuffle: 'there is nothing to shuffle, minibatches are drawn at random',
  }),
);

/** What another library's name means here. */
export type Meaning =
  /** An option among those known. */
  | { readonly kind: 'option'; readonly option: string }
  /** Options that are not among those known. */
  | { readonly kind: 'elsewhere'; readonly options: readonly string[] }
  /** Something that this package does not have. */
  | { readonly kind: 'unsupported'; readonly reason: string };

/**
 * What another library's name means among the options `known`; undefined if it is not such a name.
 *
 * @param name - in any case, with or without `_` and `-`
 */
export function meaningOf(name: string, known: readonly string[]): Meaning | undefined {
  const meaning = OTHER_NAMES.get(name.toLowerCase().replace(/[-_\s]/g, ''));
  if (meaning === undefined) return undefined;
  if (typeof meaning === 'string') return { kind: 'unsupported', reason: meaning };
  const option = meaning.find((candidate) => known.includes(candidate));
  return option === undefined ? { kind: 'elsewhere', options: meaning } : { kind: 'option', option };
}

/** Says that an option which exists does not belong where it was given. */
export function elsewhere(options: readonly string[]): string {
  return `it is called ${options.join(' or ')} in this package, and does not belong here`;
}

/** Every option that is meant by some name. */
export const MEANT_OPTIONS: readonly string[] = [
  ...new Set([...OTHER_NAMES.values()].flatMap((meaning) => (typeof meaning === 'string' ? [] : meaning))),
];
