/** `--checkpoint`, `--every` and `--resume` of `train`: a training that is kept in a file. */
import { type Command, Option } from 'commander';
import { loadCheckpoint } from '../../checkpoint/checkpoint.js';
import { CHECKPOINT_SECONDS, type CheckpointOptions, EVERY_RULE } from '../../training/checkpoint-options.js';
import { isObject } from '../../validation/check.js';
import { withCode } from '../../validation/errors.js';
import { numberOption } from '../options/numbers.js';
import { attributeOf, flagName, TRAINING_FLAGS } from '../options/settings.js';
import type { TrainingHooks, TrainOptions } from './training.js';

/** The options of a command for this, parsed. */
export interface KeepingFlags {
  readonly checkpoint?: string;
  readonly every: number;
  readonly resume?: string;
}

/** The options for this. */
export function keepingOptions(): Option[] {
  return [
    new Option('--checkpoint <file>', 'keep the training in this file while it runs, to go on after a crash'),
    numberOption('--every <seconds>', 'time between two checkpoints', EVERY_RULE, CHECKPOINT_SECONDS),
    new Option('--resume <file>', 'go on with the training in a checkpoint, with its settings, and keep it there'),
  ];
}

/** What of the command line decides the training besides the data: a checkpoint holds it, `--resume` takes it. */
interface CommandRecord extends Pick<TrainOptions, 'settings' | 'given' | 'seed' | 'backend'> {
  readonly command: 'train';
  readonly validation?: number | undefined;
  readonly fullTest?: boolean | undefined;
}

const OTHERS = ['seed', 'backend', 'validation', 'fullTest'] as const satisfies readonly (keyof CommandRecord)[];

/** The files of one command. */
export class Keeping {
  /** The file that the training is kept in; undefined if it is kept in none. */
  readonly file: string | undefined;
  /** Iterations that the training to go on with has made; 0 for a new one. */
  readonly begun: number;
  /** What the training is started with. */
  readonly hooks: Pick<TrainingHooks, 'checkpoint' | 'resume'>;
  #failure: { readonly error: unknown } | undefined;

  /** @param options - those that the training has, with `--resume` those of the file */
  constructor({ checkpoint, every, resume }: KeepingFlags, options: TrainOptions, begun: number) {
    this.file = checkpoint ?? resume;
    this.begun = begun;
    const { settings, given, seed, backend, validation, fullTest } = options;
    const record: CommandRecord = { command: 'train', settings, given, seed, backend, validation, fullTest };
    const kept: CheckpointOptions | undefined = this.file === undefined ? undefined : { file: this.file, every };
    this.hooks = {
      ...(kept && { checkpoint: { ...kept, settings: { ...record }, onError: (error) => this.#warn(error) } }),
      ...(resume !== undefined && { resume }),
    };
  }

  /** @throws the error of the last checkpoint that could not be written */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Training goes on, and so does this command, which fails at its end. */
  #warn(error: unknown): void {
    this.#failure = { error };
    process.stderr.write(`warning: ${(error as Error).message}\n`);
  }
}

/** The options that the training has, and the files that it is kept in. */
export async function keepingOf<Options extends TrainOptions & KeepingFlags>(
  options: Options,
  command: Command,
): Promise<{ options: Options; keeping: Keeping }> {
  const { resume } = options;
  if (resume === undefined) {
    const every = command.getOptionValueSource('every') === 'cli';
    if (every && options.checkpoint === undefined) command.error('error: --every needs --checkpoint or --resume');
    return { options, keeping: new Keeping(options, options, 0) };
  }
  const { state, settings } = await loadCheckpoint(resume);
  const record = recordIn(resume, settings);
  checkFlags(options, record, command);
  const continued = { ...options, ...record, settings: { ...options.settings, ...record.settings } };
  const begun = state.history.lossHistory.length;
  process.stderr.write(`Going on with the training in ${resume}, after ${begun} iterations\n`);
  return { options: continued, keeping: new Keeping(options, continued, begun) };
}

function recordIn(file: string, settings: Readonly<Record<string, unknown>> | undefined): CommandRecord {
  if (settings?.command === 'train' && isObject(settings.settings) && isObject(settings.given)) {
    return settings as unknown as CommandRecord;
  }
  const message = `Cannot resume the training in ${file}: it was not begun by the command train, but by a program`;
  throw withCode(new Error(`${message}; go on there, with the option resume`), 'ERR_CHECKPOINT');
}

/** A flag that would make another training of it is a usage error. */
function checkFlags(options: TrainOptions & KeepingFlags, record: CommandRecord, command: Command): void {
  const settings: Readonly<Record<string, unknown>> = options.settings;
  const before: Readonly<Record<string, unknown>> = record.settings;
  const flags = [
    ...TRAINING_FLAGS.map((name) => [attributeOf(name), flagName(name), settings[name], before[name]] as const),
    ...OTHERS.map((name) => [name, flagOf(command, name), options[name], record[name]] as const),
  ];
  for (const [attribute, flag, now, then] of flags) {
    if (command.getOptionValueSource(attribute) !== 'cli' || now === then) continue;
    command.error(
      `error: --${flag} ${now} cannot be used with --resume ${options.resume}, whose training was begun with ` +
        `${then ?? 'none'}: leave it out`,
    );
  }
}

function flagOf(command: Command, attribute: string): string {
  return command.options.find((option) => option.attributeName() === attribute)?.name() ?? attribute;
}
