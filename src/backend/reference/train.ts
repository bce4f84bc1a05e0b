import type { LabelledRows, Net, Outcome, ParameterArrays, ProgressReport, TrainingCall } from '../../../binding.js';
import { atOnce, giveTurn, inTurns, type Pieces } from '../../platform/turns.js';
import { MersenneTwister } from '../../random/generator/mersenne-twister.js';
import { firstNonFinite } from '../../validation/check.js';
import { copyParameters, PARAMETERS } from '../../validation/parameters.js';
import { ReferenceBestEpoch } from './best-epoch.js';
import { checkTraining } from './checks.js';
import { evaluate } from './inference.js';
import { sumOfSquares } from './layers.js';
import { ReferenceMinibatch } from './minibatch.js';
import { SGD, type UpdateRule } from './update-rule.js';

type Report = (report: ProgressReport) => void;

/** Milliseconds of training between two turns of the event loop: timers and I/O continue while `train` runs. */
const TURN = 10;

/** Training as binding.d.ts says, on JavaScript's thread, which gets a turn after every iteration or two. */
export function train(call: TrainingCall, report: Report | null, rule = SGD): Promise<Outcome> {
  checkTraining(call, report, rule.slots); // throws at once, as the addon does, rather than rejecting the promise
  const iterations = new ReferenceTraining(call, rule).run(report);
  return giveTurn().then(() => inTurns(iterations, TURN)); // the caller has its promise before the first report
}

/** The same without a break. */
export function trainSync(call: TrainingCall, report: Report | null, rule = SGD): Outcome {
  checkTraining(call, report, rule.slots);
  return atOnce(new ReferenceTraining(call, rule).run(report));
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
  /** The state before the last step: what remains if the step made the parameters infinite. */
  private readonly before: State;
  private readonly batch: ReferenceMinibatch;
  private readonly epoch: number;
  private readonly twister = new MersenneTwister();
  private readonly indices: Int32Array;
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

  constructor(
    private readonly call: TrainingCall,
    private readonly rule: UpdateRule,
  ) {
    this.callers = [call.net.parameters, ...call.slots];
    this.state = copyOf(this.callers);
    this.before = copyOf(this.callers);
    this.net = { ...call.net, parameters: this.state[0] };
    this.batch = new ReferenceMinibatch(this.net, call.settings.batchSize);
    this.epoch = Math.max(Math.floor(call.training.rows.count / call.settings.batchSize), 1);
    this.best = call.best ? new ReferenceBestEpoch(call.best, call.settings) : undefined;
    this.learningRate = call.settings.learningRate;
    this.iteration = call.firstIteration;
    this.indices = new Int32Array(call.settings.batchSize);
    this.twister.key.set(call.random.key);
    this.twister.position = call.random.position;
  }

  /** The training, iteration by iteration. */
  *run(report: Report | null): Pieces<Outcome> {
    while (this.iterate(report)) yield;
    return this.finish();
  }

  /** One iteration; false when training has ended. */
  private iterate(report: Report | null): boolean {
    const loss = this.forwardBackward();
    if (!Number.isFinite(loss)) return this.diverge();
    copyInto(this.state, this.before);
    this.update();
    this.losses.push(loss);
    let waiting = true;
    if (this.iteration % this.epoch === 0) {
      waiting = this.noteEpoch();
      this.learningRate *= this.call.settings.learningRateDecay;
    }
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

  private finish(): Outcome {
    copyInto(this.state, this.callers);
    const { key, position } = this.twister;
    this.call.random.key.set(key);
    const seconds = (performance.now() - this.start) / 1000;
    const best = this.best?.finish() ?? null;
    return { ...this.takeReport(), status: this.status ?? 'stopped', best, position, seconds, profile: null, accuracies: null };
  }

  /** Draws a minibatch; returns its loss and leaves its gradients in the batch. */
  private forwardBackward(): number {
    const { training, settings } = this.call;
    const { batchSize, reg, inputScale } = settings;
    const { W1, W2 } = this.net.parameters;
    this.twister.fillUpTo(training.rows.count - 1, this.indices);
    this.batch.gather(training, this.indices, 0, batchSize);
    const dataLoss = this.batch.backward(1 / batchSize) / batchSize;
    return dataLoss + 0.5 * reg * (sumOfSquares(W1) / inputScale ** 2 + sumOfSquares(W2));
  }

  private update(): void {
    this.batch.update(this.rule, this.state, {
      settings: this.call.settings,
      learningRate: this.learningRate,
      step: this.iteration + 1,
    });
  }

  /** Records an epoch. Returns whether training should wait for a further gain. */
  private noteEpoch(): boolean {
    const { X, labels } = this.batch;
    const minibatch: LabelledRows = { rows: { data: X, count: this.call.settings.batchSize, mean: null }, labels };
    this.trainAccuracies.push(evaluate(this.net, minibatch).accuracy);
    if (!this.call.validation) return true;
    const fit = evaluate(this.net, this.call.validation);
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
