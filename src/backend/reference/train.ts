import type {
  FinalAccuracies,
  LabelledRows,
  Net,
  Outcome,
  ParameterArrays,
  ProgressReport,
  TrainingCall,
} from '../../../binding.js';
import { atOnce, giveTurn, inTurns, type Pieces } from '../../platform/turns.js';
import { firstNonFinite } from '../../validation/check.js';
import { copyParameters, PARAMETERS } from '../../validation/parameters.js';
import { ReferenceBestEpoch } from './best-epoch.js';
import { evaluate, evaluating } from './inference.js';
import { sumOfSquares } from './layers.js';
import { ReferenceMinibatch } from './minibatch.js';
import { MinibatchDraws } from './minibatch-draws.js';
import { MinibatchNoise } from './noise.js';
import { ruleOf } from './rules/rule-of.js';
import { checkRowMemory, checkTraining } from './training-checks.js';
import { ReferenceUpdate } from './update.js';

type Report = (report: ProgressReport) => void;

/** Milliseconds of training between two turns of the event loop: timers and I/O continue while `train` runs. */
const TURN = 10;

/** Training as binding.d.ts says, on JavaScript's thread, which gets a turn after every iteration or two. */
export function train(call: TrainingCall, report: Report | null): Promise<Outcome> {
  checkTraining(call, report); // throws at once, as the addon does, rather than rejecting the promise
  const iterations = new ReferenceTraining(withCopies(call)).run(report);
  // The caller has its promise before the first report.
  return giveTurn().then(() => inTurns(iterations, undefined, TURN));
}

/** The same without a break. */
export function trainSync(call: TrainingCall, report: Report | null): Outcome {
  checkTraining(call, report);
  return atOnce(new ReferenceTraining(withCopies(call)).run(report));
}

/** The call with copies of all that it reads besides the rows: it may change meanwhile. */
function withCopies(call: TrainingCall): TrainingCall {
  const copied = ({ rows, labels }: LabelledRows) => ({
    rows: { ...rows, mean: rows.mean?.slice() ?? null },
    labels: labels.slice(),
  });
  return {
    ...call,
    training: copied(call.training),
    validation: call.validation && copied(call.validation),
    weights: call.weights?.slice() ?? null,
    rates: call.rates?.slice() ?? null,
  };
}

/** What a training changes: the parameters and the slots of the update rule. */
type State = readonly [parameters: ParameterArrays, ...slots: ParameterArrays[]];

function copyOf([parameters, ...slots]: State): State {
  return [copyParameters(parameters), ...slots.map((slot) => copyParameters(slot))];
}

function copyInto(from: State, to: State): void {
  from.forEach((arrays, i) => {
    for (const name of PARAMETERS) to[i][name].set(arrays[name]);
  });
}

function allFinite(parameters: ParameterArrays): boolean {
  return PARAMETERS.every((name) => firstNonFinite(parameters[name]) < 0);
}

/** One training call. The engine's counterpart is native/engine/training/train.cpp. */
class ReferenceTraining {
  /** The caller's arrays. */
  private readonly callers: State;
  /** Copies of them, which are trained. */
  private readonly state: State;
  /** The net with the copied parameters. */
  private readonly net: Net;
  /** The last state with finite parameters: what remains if a step makes them infinite. */
  private readonly before: State;
  private readonly batch: ReferenceMinibatch;
  private readonly update: ReferenceUpdate;
  private readonly draws: MinibatchDraws;
  private readonly noise: MinibatchNoise;
  /** Iterations per epoch. */
  private readonly epoch: number;
  /** The weights of the minibatch's rows. */
  private readonly weights: Float64Array | null;
  private readonly start = performance.now();
  private status: Outcome['status'] | undefined;
  private iteration: number;
  private learningRate: number;
  private losses: number[] = [];
  private trainAccuracies: number[] = [];
  private validationAccuracies: number[] = [];
  private validationLosses: number[] = [];
  private readonly best: ReferenceBestEpoch | undefined;
  private lastReport = this.start;

  constructor(private readonly call: TrainingCall) {
    const { settings, training, weights } = call;
    this.callers = [call.net.parameters, ...call.slots];
    this.state = copyOf(this.callers);
    this.before = copyOf(this.callers);
    this.net = { ...call.net, parameters: this.state[0] };
    this.batch = new ReferenceMinibatch(this.net, settings.batchSize);
    this.update = new ReferenceUpdate(ruleOf(settings), this.batch, this.state);
    this.epoch = Math.max(Math.floor(training.rows.count / settings.batchSize), 1);
    this.draws = new MinibatchDraws(call, this.epoch);
    this.noise = new MinibatchNoise(call);
    this.weights = weights && new Float64Array(settings.batchSize);
    this.best = call.best ? new ReferenceBestEpoch(call.best, settings) : undefined;
    this.iteration = call.firstIteration;
    this.learningRate = call.rates ? call.rates[0] : settings.learningRate;
  }

  /** The training, piece by piece, each after a look at the rows: other code may have taken memory away from them. */
  *run(report: Report | null): Pieces<Outcome> {
    const pieces = this.iterations(report);
    for (;;) {
      this.checkMemory();
      const piece = pieces.next();
      if (piece.done) return piece.value;
      yield;
    }
  }

  private *iterations(report: Report | null): Pieces<Outcome> {
    while (this.iterate(report)) yield;
    const seconds = (performance.now() - this.start) / 1000;
    const accuracies = yield* this.finalAccuracies();
    return this.finish(seconds, accuracies);
  }

  /** One iteration; false when training has ended. */
  private iterate(report: Report | null): boolean {
    const loss = this.forwardBackward();
    if (!Number.isFinite(loss)) return this.diverge();
    if (allFinite(this.net.parameters)) copyInto(this.state, this.before);
    this.update.apply(this.call.settings, this.learningRate, this.iteration + 1);
    this.losses.push(loss);
    const waiting = !this.atEpoch() || this.noteEpoch();
    this.learningRate = this.nextRate();
    this.iteration++;
    if (this.iteration === this.call.settings.numIters) this.status = 'done';
    else if (!waiting) this.status = 'early';
    else if (Atomics.load(this.call.stop, 0) !== 0) this.status = 'stopped';
    else if (report && performance.now() - this.lastReport >= this.call.reportInterval) {
      this.lastReport = performance.now();
      this.tell(report);
    }
    // The last step's result meets no loss that would tell.
    if (this.status !== undefined && !allFinite(this.net.parameters)) return this.diverge();
    return this.status === undefined;
  }

  private checkMemory(): void {
    const { training, validation } = this.call;
    checkRowMemory(training, this.net.shape, 'call.training');
    if (validation) checkRowMemory(validation, this.net.shape, 'call.validation');
  }

  private atEpoch(): boolean {
    return this.iteration % this.epoch === 0;
  }

  /** The learning rate of the iteration after this one. */
  private nextRate(): number {
    const { rates, firstIteration, settings } = this.call;
    if (!rates) return this.atEpoch() ? this.learningRate * settings.learningRateDecay : this.learningRate;
    return rates[Math.min(this.iteration + 1 - firstIteration, rates.length - 1)];
  }

  /** Parameters that are not finite are not reported: training will end as diverged. */
  private tell(report: Report): void {
    if (!allFinite(this.net.parameters)) return;
    copyInto(this.state, this.callers);
    report(this.takeReport());
  }

  private diverge(): false {
    if (!allFinite(this.net.parameters)) copyInto(this.before, this.state);
    this.status = 'diverged';
    return false;
  }

  private *finalAccuracies(): Pieces<FinalAccuracies | null> {
    const { finalAccuracies, training, validation } = this.call;
    if (!finalAccuracies || (this.status !== 'done' && this.status !== 'early')) return null;
    const net = { ...this.net, parameters: this.best?.net ?? this.net.parameters };
    const fit = yield* evaluating(net, training);
    return { training: fit.accuracy, validation: validation && (yield* evaluating(net, validation)).accuracy };
  }

  private finish(seconds: number, accuracies: FinalAccuracies | null): Outcome {
    copyInto(this.state, this.callers);
    const { key, position } = this.draws.stateAfter(this.iteration);
    this.call.random.key.set(key);
    const best = this.best?.finish() ?? null;
    const status = this.status ?? 'stopped';
    return { ...this.takeReport(), status, best, accuracies, position, seconds, profile: null };
  }

  /** Draws a minibatch; returns its loss and leaves its gradients in the batch. */
  private forwardBackward(): number {
    const { training, settings } = this.call;
    const { batchSize, shards, reg, inputScale, labelSmoothing } = settings;
    const { W1, W2 } = this.net.parameters;
    this.draws.draw(this.iteration);
    const total = this.gatherWeights();
    let sum = 0;
    for (let shard = 0; shard < shards; shard++) {
      const [first, end] = [shard, shard + 1].map((bound) => Math.floor((batchSize * bound) / shards));
      this.noise.begin(this.iteration, first);
      this.batch.gather(training, this.draws.indices.subarray(first, end), 0, end - first, this.noise);
      const weights = this.weights?.subarray(first, end) ?? null;
      sum += this.batch.backward({ total, weights, smoothing: labelSmoothing });
      if (shards > 1) this.update.take(shard === 0);
    }
    const dataLoss = total === 0 ? 0 : sum / total;
    return dataLoss + 0.5 * reg * (sumOfSquares(W1) / inputScale ** 2 + sumOfSquares(W2));
  }

  /** Gathers the weights of the minibatch's rows and returns their sum. */
  private gatherWeights(): number {
    const { indices } = this.draws;
    const { weights } = this.call;
    if (!weights || !this.weights) return indices.length;
    let total = 0;
    for (let i = 0; i < indices.length; i++) {
      this.weights[i] = weights[indices[i]];
      total += this.weights[i];
    }
    return total;
  }

  /** Records an epoch. Returns whether training should wait for a further gain. */
  private noteEpoch(): boolean {
    const { training, validation } = this.call;
    this.trainAccuracies.push(evaluate(this.net, training, this.draws.indices).accuracy);
    if (!validation) return true;
    const fit = evaluate(this.net, validation);
    this.validationAccuracies.push(fit.accuracy);
    this.validationLosses.push(fit.loss);
    return this.best?.note(fit, this.iteration + 1, this.net.parameters) ?? true;
  }

  private takeReport(): ProgressReport {
    const report = {
      iterations: this.iteration,
      losses: Float64Array.from(this.losses),
      trainAccuracies: Float64Array.from(this.trainAccuracies),
      validationAccuracies: Float64Array.from(this.validationAccuracies),
      validationLosses: Float64Array.from(this.validationLosses),
      learningRate: this.learningRate,
    };
    this.losses = [];
    this.trainAccuracies = [];
    this.validationAccuracies = [];
    this.validationLosses = [];
    return report;
  }
}
