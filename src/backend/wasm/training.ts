import type {
  CallSettings,
  FinalAccuracies,
  LabelledRows,
  Outcome,
  ParameterArrays,
  Profile,
  ProgressReport,
  TrainingCall,
} from '../../../binding.js';
import { atOnce, giveTurn, inTurns, type Pieces } from '../../platform/turns.js';
import { SETTINGS, type SettingName } from '../../training/settings.js';
import { tagOf } from '../../validation/kinds.js';
import { checkRowMemory, checkTraining } from '../reference/training-checks.js';
import type { BackgroundWorker } from './background.js';
import { copyArrays, labelledNumbers, netNumbers, readArrays, realsOf, sizeOf } from './call.js';
import { CallMemory, type Shared, type WasmEngine } from './engine.js';

type Report = (report: ProgressReport) => void;

/** Milliseconds of training between two turns of the event loop. */
const TURN = 8;

/** Rows between two turns while accuracies are measured. */
const BLOCK = 1000;

/** What a piece of a training ends with, as native/wasm/training_calls.cpp numbers it. */
const REPORT = 1;
const OUTCOME = 2;

const STATUS = ['done', 'early', 'stopped', 'diverged'] as const;

/** Words of a generator's key. */
const KEY = 624;

/** Milliseconds between two looks at a stop flag that other threads cannot see. */
const LOOK = 10;

/** Training as binding.d.ts says, on other threads; where there are none, in turns with JavaScript's other work. */
export function train(engine: WasmEngine, call: TrainingCall, report: Report | null): Promise<Outcome> {
  checkTraining(call, report); // throws at once, as the addon does, rather than rejecting the promise
  const worker = engine.background.take();
  if (worker) return new WasmTraining(engine, call, report, 'beside').runBeside(worker);
  const pieces = new WasmTraining(engine, call, report, 'turns').run(TURN);
  return giveTurn().then(() => inTurns(pieces)); // the caller has its promise before the first report
}

/** The same without a break. */
export function trainSync(engine: WasmEngine, call: TrainingCall, report: Report | null): Outcome {
  checkTraining(call, report);
  return atOnce(new WasmTraining(engine, call, report, 'whole').run(Number.POSITIVE_INFINITY));
}

/** Beside JavaScript's thread, as a whole on it, or in turns with its other work. */
type Manner = 'beside' | 'whole' | 'turns';

/** The settings in the order in which the module reads them. */
function settingNumbers(engine: WasmEngine, settings: CallSettings): number[] {
  const names = settingNames(engine);
  return names.map((name) => {
    const entry = SETTINGS[name];
    const value: unknown = settings[name as keyof CallSettings];
    return entry.type === 'choice' ? (entry.choices as readonly unknown[]).indexOf(value) : Number(value);
  });
}

/** Their names. */
export function settingNames(engine: WasmEngine): SettingName[] {
  return engine.text(engine.exports.settings()).split(',').filter(Boolean) as SettingName[];
}

/** One training call. Everything that it reads is copied when it is made. */
class WasmTraining {
  readonly #memory: CallMemory;
  /** The caller's arrays: the parameters, then the slots. */
  readonly #callers: readonly ParameterArrays[];
  /** Where the module's copies of them are. */
  readonly #arrays: number;
  readonly #best: number;
  readonly #shared: Shared[] = [];
  readonly #training: number[];
  readonly #validation: number[];
  readonly #address: number;
  /** The copies that belong to a report, of a training beside JavaScript's thread; 0 if there are none. */
  readonly #reported: number;

  constructor(
    private readonly engine: WasmEngine,
    private readonly call: TrainingCall,
    private readonly report: Report | null,
    private readonly manner: Manner,
  ) {
    const { net, best, validation } = call;
    this.#memory = new CallMemory(engine);
    this.#callers = [net.parameters, ...call.slots];
    this.#arrays = copyArrays(this.#memory, net.shape, this.#callers);
    this.#reported = manner === 'beside' && report ? this.#memory.reserve(this.#setBytes * this.#callers.length) : 0;
    this.#best = best ? copyArrays(this.#memory, net.shape, [best.parameters]) : 0;
    this.#training = this.#rows(call.training);
    this.#validation = validation ? this.#rows(validation) : [0, 0, 0, 0, 0];
    const numbers = this.#memory.numbers(this.#numbers());
    this.#address = engine.run((exports) => exports.beginTraining(numbers));
  }

  /** The training, in pieces of about so many milliseconds. */
  *run(milliseconds: number): Pieces<Outcome> {
    try {
      for (;;) {
        this.engine.stop = this.call.stop;
        const piece = this.engine.run((exports) => exports.goOn(this.#address, milliseconds));
        if (piece === OUTCOME) break;
        if (piece === REPORT) this.#tell(this.#arrays);
        yield;
      }
      return yield* this.#outcome();
    } finally {
      this.#release();
    }
  }

  /** The training on a Worker. */
  async runBeside(worker: BackgroundWorker): Promise<Outcome> {
    const { stop } = this.call;
    const shared = tagOf(stop.buffer) === 'SharedArrayBuffer';
    let thrown: { readonly error: unknown } | undefined;
    const end = () => this.engine.exports.stopTraining(this.#address);
    const look = () => void (Atomics.load(stop, 0) !== 0 && end());
    const looks = shared ? undefined : setInterval(look, LOOK);
    const take = () => {
      if (thrown) return;
      try {
        this.#tell(this.#reported);
        if (!shared) look();
      } catch (error) {
        thrown = { error };
        end();
      }
    };
    try {
      const call = { name: 'runTraining', numbers: [this.#address], stop: shared ? stop : null } as const;
      await worker.run(call, take);
      if (thrown) throw thrown.error;
      return atOnce(this.#outcome());
    } finally {
      clearInterval(looks);
      this.#release();
    }
  }

  /** The numbers that the module's training begins with. */
  #numbers(): number[] {
    const { call } = this;
    const { picture, best, random } = call;
    return [
      ...netNumbers(call.net, this.#arrays),
      this.report ? call.reportInterval : -1,
      ...settingNumbers(this.engine, call.settings),
      Number(call.profile),
      Number(call.finalAccuracies && this.manner !== 'turns'),
      call.noiseSeed,
      call.firstIteration,
      ...(picture ? [picture.height, picture.width, picture.channels] : [0, 0, 0]),
      call.rates ? this.#memory.copy(call.rates) : 0,
      ...this.#training,
      call.weights ? this.#memory.copy(call.weights) : 0,
      ...this.#validation,
      this.#memory.copy(random.key),
      random.position,
      this.#best,
      ...(best ? [best.iterations, best.monitored, best.epochsSince] : []),
      this.#reported,
    ];
  }

  #rows(data: LabelledRows): number[] {
    const shared = this.engine.share(data.rows.data);
    this.#shared.push(shared);
    return labelledNumbers(this.#memory, data, shared.address);
  }

  get #setBytes(): number {
    const { parameters, shape } = this.call.net;
    return sizeOf(shape) * realsOf(parameters).BYTES_PER_ELEMENT;
  }

  /** Reports, with what is at an address as the parameters and slots. */
  #tell(address: number): void {
    this.#checkMemory();
    this.#write(address);
    const said = this.#said(
      this.#numbersAt(
        this.engine.run((exports) => exports.report(this.#address)),
        10,
      ),
    );
    this.engine.exports.takeReport(this.#address);
    this.report?.(said);
    this.#checkMemory();
  }

  /** Rows are copies here, but a backend that reads them where they are would have lost them. */
  #checkMemory(): void {
    const { net, training, validation } = this.call;
    checkRowMemory(training, net.shape, 'call.training');
    if (validation) checkRowMemory(validation, net.shape, 'call.validation');
  }

  #write(address: number): void {
    this.#callers.forEach((arrays, i) => {
      readArrays(this.engine, arrays, address + i * this.#setBytes);
    });
  }

  #numbersAt(address: number, length: number): number[] {
    return Array.from(this.engine.view(Float64Array, address, length));
  }

  #said([iterations, learningRate, ...lists]: readonly number[]): ProgressReport {
    const [losses, trainAccuracies, validationAccuracies, validationLosses] = [0, 2, 4, 6].map((i) =>
      Float64Array.from(this.engine.view(Float64Array, lists[i], lists[i + 1])),
    );
    return { iterations, losses, trainAccuracies, validationAccuracies, validationLosses, learningRate };
  }

  *#outcome(): Pieces<Outcome> {
    const { call, engine } = this;
    const numbers = this.#numbersAt(
      engine.run((exports) => exports.outcome(this.#address)),
      24,
    );
    const said = this.#said(numbers);
    const [state, position, key, seconds, iterations, monitored, epochsSince, ofTraining, ofValidation, ...times] =
      numbers.slice(10);
    const status = STATUS[state];
    const measured = Number.isNaN(ofTraining)
      ? null
      : { training: ofTraining, validation: Number.isNaN(ofValidation) ? null : ofValidation };
    const missing = call.finalAccuracies && this.manner === 'turns' && (status === 'done' || status === 'early');
    const accuracies = missing ? yield* this.#accuracies(call.best !== null && iterations > 0) : measured;
    this.#checkMemory();
    this.#write(this.#arrays);
    if (call.best) readArrays(engine, call.best.parameters, this.#best);
    call.random.key.set(engine.view(Uint32Array, key, KEY));
    const best = call.best && { iterations, monitored, epochsSince };
    const profile = call.profile ? profileOf(times, seconds) : null;
    return { ...said, status, position, seconds, best, accuracies, profile };
  }

  *#accuracies(ofBest: boolean): Pieces<FinalAccuracies> {
    const { training, validation } = this.call;
    const net = netNumbers(this.call.net, ofBest ? this.#best : this.#arrays);
    return {
      training: yield* this.#accuracy(net, this.#training, training.rows.count),
      validation: validation && (yield* this.#accuracy(net, this.#validation, validation.rows.count)),
    };
  }

  *#accuracy(net: readonly number[], rows: readonly number[], count: number): Pieces<number> {
    let right = 0;
    for (let first = 0; first < count; first += BLOCK) {
      const memory = new CallMemory(this.engine);
      const size = Math.min(BLOCK, count - first);
      const numbers = memory.numbers([...net, ...rows, first, size]);
      right += Math.round(this.engine.run((exports) => exports.accuracy(numbers)) * size);
      memory.release();
      yield;
    }
    return right / count;
  }

  #release(): void {
    if (this.engine.broken) return;
    this.engine.run((exports) => exports.endTraining(this.#address));
    for (const shared of this.#shared) this.engine.unshare(shared);
    this.#memory.release();
  }
}

function profileOf([gather, forward, head, update, waiting]: readonly number[], seconds: number): Profile {
  const other = seconds - gather - forward - head - update - waiting;
  return { gather, forward, head, update, waiting, other };
}
