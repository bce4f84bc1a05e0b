import type {
  LabelledRows,
  Net,
  ParameterArrays,
  Reals,
  TrainingCall,
  TrainingOutcome,
  TrainingReport,
} from '../../../binding.js';
import { RandomState } from '../../random/random-state.js';
import { firstNonFinite } from '../../validation/check.js';
import { copyParameters, PARAMETERS } from '../../validation/parameters.js';
import { checkTraining } from './checks.js';
import { accuracy } from './inference.js';
import { sumOfSquares } from './layers.js';
import { ReferenceMinibatch } from './minibatch.js';

type Report = (report: TrainingReport) => void;

/** Milliseconds of training between two turns of the event loop: timers and I/O go on while `train` runs. */
const TURN = 10;

/** Training as binding.d.ts says, on JavaScript's thread, which gets a turn after every iteration or two. */
export function train(call: TrainingCall, report: Report | null): Promise<TrainingOutcome> {
  checkTraining(call, report); // throws at once, as the addon does, rather than rejecting the promise
  return inTurns(new ReferenceTraining(call), report);
}

async function inTurns(training: ReferenceTraining, report: Report | null): Promise<TrainingOutcome> {
  await new Promise((resolve) => setImmediate(resolve)); // the caller has its promise before the first report
  let turn = performance.now();
  while (training.iterate(report)) {
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
  return training.finish();
}

/** The same without a break. */
export function trainSync(call: TrainingCall, report: Report | null): TrainingOutcome {
  checkTraining(call, report);
  const training = new ReferenceTraining(call);
  while (training.iterate(report));
  return training.finish();
}

function copyInto(from: ParameterArrays, to: ParameterArrays): void {
  for (const name of PARAMETERS) to[name].set(from[name]);
}

function allFinite(parameters: ParameterArrays): boolean {
  return PARAMETERS.every((name) => firstNonFinite(parameters[name]) < 0);
}

/** One training call. The engine's counterpart is native/engine/training/train.cpp. */
class ReferenceTraining {
  private readonly call: TrainingCall;
  /** The net, with a copy of the parameters. */
  private readonly net: Net;
  /** The parameters before the last step: what remains when the step made them infinite. */
  private readonly before: ParameterArrays;
  private readonly batch: ReferenceMinibatch;
  private readonly epoch: number;
  private readonly random = new RandomState(0);
  private readonly start = performance.now();
  private status: TrainingOutcome['status'] | undefined;
  private iteration: number;
  private learningRate: number;
  private losses: number[] = [];
  private trainAccuracies: number[] = [];
  private validationAccuracies: number[] = [];
  private lastReport = this.start;

  constructor(call: TrainingCall) {
    this.call = call;
    this.net = { ...call.net, parameters: copyParameters(call.net.parameters) };
    this.before = copyParameters(call.net.parameters);
    this.batch = new ReferenceMinibatch(this.net, call.settings.batchSize);
    this.epoch = Math.max(Math.floor(call.training.rows.count / call.settings.batchSize), 1);
    this.learningRate = call.settings.learningRate;
    this.iteration = call.firstIteration;
    this.random.setState({ ...call.random, hasGauss: false, cachedGaussian: 0 });
  }

  /** One iteration; false when training has ended. */
  iterate(report: Report | null): boolean {
    const loss = this.forwardBackward();
    if (!Number.isFinite(loss)) return this.diverge();
    copyInto(this.net.parameters, this.before);
    this.update();
    this.losses.push(loss);
    if (this.iteration % this.epoch === 0) {
      this.noteAccuracies();
      this.learningRate *= this.call.settings.learningRateDecay;
    }
    this.iteration++;
    if (this.iteration === this.call.settings.numIters) this.status = 'done';
    else if (Atomics.load(this.call.stop, 0) !== 0) this.status = 'stopped';
    else if (report && performance.now() - this.lastReport >= this.call.reportInterval) {
      this.lastReport = performance.now();
      copyInto(this.net.parameters, this.call.net.parameters);
      report(this.takeReport());
    }
    // The last step's result meets no loss that would tell.
    if (this.status !== undefined && !allFinite(this.net.parameters)) return this.diverge();
    return this.status === undefined;
  }

  private diverge(): false {
    if (!allFinite(this.net.parameters)) copyInto(this.before, this.net.parameters);
    this.status = 'diverged';
    return false;
  }

  finish(): TrainingOutcome {
    copyInto(this.net.parameters, this.call.net.parameters);
    const { key, position } = this.random.getState();
    this.call.random.key.set(key);
    const seconds = (performance.now() - this.start) / 1000;
    return { ...this.takeReport(), status: this.status ?? 'stopped', position, seconds, profile: null };
  }

  /** Draws a minibatch; returns its loss and leaves its gradients in the batch. */
  private forwardBackward(): number {
    const { training, settings } = this.call;
    const { batchSize, reg } = settings;
    const { W1, W2 } = this.net.parameters;
    this.batch.gather(training, this.random.choice(training.rows.count, batchSize), 0, batchSize);
    const dataLoss = this.batch.backward(1 / batchSize) / batchSize;
    return dataLoss + 0.5 * reg * (sumOfSquares(W1) + sumOfSquares(W2));
  }

  /** w ← w − lr · (dw + reg · w), for the weights as w ← (1 − lr·reg) · w − lr · dw. */
  private update(): void {
    const { b1, b2 } = this.net.parameters;
    const rate = this.learningRate;
    this.batch.addWeightGradients(-rate, 1 - rate * this.call.settings.reg, this.net.parameters);
    step(rate, this.batch.db1, b1);
    step(rate, this.batch.db2, b2);
  }

  private noteAccuracies(): void {
    const { X, labels } = this.batch;
    const minibatch: LabelledRows = { rows: { data: X, count: this.call.settings.batchSize, mean: null }, labels };
    this.trainAccuracies.push(accuracy(this.net, minibatch));
    if (this.call.validation) this.validationAccuracies.push(accuracy(this.net, this.call.validation));
  }

  private takeReport(): TrainingReport {
    const report = {
      iterations: this.iteration,
      losses: Float64Array.from(this.losses),
      trainAccuracies: Float64Array.from(this.trainAccuracies),
      validationAccuracies: Float64Array.from(this.validationAccuracies),
      learningRate: this.learningRate,
    };
    this.losses = [];
    this.trainAccuracies = [];
    this.validationAccuracies = [];
    return report;
  }
}

function step(rate: number, gradient: Float64Array, parameters: Reals): void {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
}
