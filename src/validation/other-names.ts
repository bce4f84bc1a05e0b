/** What other libraries call the options of this package. */

/** Another library's name: the options here that it may mean, the best first; or why there is none. */
type OtherName = readonly string[] | string;

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
    gamma: ['learningRateDecay', 'rateFactor'],

    alpha: ['reg'],
    // That of SGD and Adam; AdamW's is below.
    weightdecay: ['reg'],
    decoupledweightdecay: ['weightDecay'],
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

    nesterovsmomentum: ['nesterov'],
    usenesterov: ['nesterov'],
    opt: ['optimizer'],
    solver: ['optimizer'],
    updater: ['optimizer'],
    betas: ['beta1'],
    b1: ['beta1'],
    b2: ['beta2'],
    eps: ['epsilon'],
    clipgradnorm: ['clipNorm'],
    clipping: ['clipNorm'],
    gradclip: ['clipNorm'],
    gradientclipval: ['clipNorm'],
    globalclipnorm: ['clipNorm'],
    maxgradnorm: ['clipNorm'],
    maxnorm: ['clipNorm'],

    powert: ['schedule'],
    lrschedule: ['schedule'],
    lrscheduler: ['schedule'],
    lrschedulertype: ['schedule'],
    scheduler: ['schedule'],
    etamin: ['finalRate'],
    lrmin: ['finalRate'],
    minlr: ['finalRate'],
    decaysteps: ['stepEvery'],
    warmupiters: ['warmup'],
    warmupsteps: ['warmup'],
    numwarmupsteps: ['warmup'],

    dropoutrate: ['dropout'],
    droprate: ['dropout'],
    hiddendropout: ['dropout'],
    inputdropoutratio: ['inputDropout'],
    inputdropoutrate: ['inputDropout'],
    horizontalflip: ['flip'],
    randomflip: ['flip'],
    randomhorizontalflip: ['flip'],
    widthshiftrange: ['shift'],
    heightshiftrange: ['shift'],
    translate: ['shift'],
    smoothing: ['labelSmoothing'],
    replacement: ['sampling'],
    shuffle: ['sampling'],

    classweight: ['classWeights'],
    classweights: ['classWeights'],
    sampleweight: ['sampleWeights'],
    weight: ['classWeights', 'sampleWeights'],
    weights: ['sampleWeights', 'classWeights'],

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

    callback: ['callbacks', 'onProgress'],
    onepochcomplete: ['onEpochEnd', 'onProgress'],
    verbose: ['onProgress'],
    abortsignal: ['signal'],
    warmstart: ['resume'],
    normalize: ['standardize'],
    cv: ['folds'],
    kfold: ['folds'],
    nsplits: ['folds'],

    activation: `there is no choice of activations, ${LAYERS}`,
    layers: `there is no choice of layers, ${LAYERS}`,
    l1: 'an L1 penalty is not supported, reg is the strength of an L2 penalty',
    loss: 'there is no choice of losses, training minimizes the cross-entropy',
  }),
);

/** What means something else beside `optimizer: 'adamw'`. */
const WITH_ADAMW: ReadonlyMap<string, OtherName> = new Map([['weightdecay', ['weightDecay', 'reg']]]);

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
 * @param optimizer - the option that stands beside it, if there is one
 */
export function meaningOf(name: string, known: readonly string[], optimizer?: unknown): Meaning | undefined {
  const plain = name.toLowerCase().replace(/[-_\s]/g, '');
  const meaning = (optimizer === 'adamw' ? WITH_ADAMW.get(plain) : undefined) ?? OTHER_NAMES.get(plain);
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
