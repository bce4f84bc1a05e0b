/** `--distributed` of `train`: a training of several processes that mpirun has started. */
import { type Command, Option } from 'commander';
import { type ProcessGroup, processGroup } from '../../backend/mpi/process-group.js';
import type { LogFlags } from '../output/logs.js';
import type { TrainOptions } from './training.js';

/** Parts of a minibatch, unless `--shards` says otherwise: the same for any number of processes, as their sums are. */
const SHARDS = 8;

/** The option for this. */
export function distributedOption(): Option {
  return new Option(
    '--distributed',
    'train together with the other processes that mpirun has started (npm run build:mpi builds the addon for MPI)',
  ).default(false);
}

/** The options of a command that say where results go. */
interface Outputs extends LogFlags {
  save?: string;
  json?: string;
  plot: boolean;
  report?: string;
  serve?: number;
}

/**
 * Joins the processes, if the command line asks for that: the options as this process has them, and the group.
 *
 * @throws what {@link processGroup} throws
 */
export function joinProcesses<Options extends TrainOptions & Outputs & { distributed: boolean }>(
  options: Options,
  command: Command,
): { options: Options; group: ProcessGroup | undefined } {
  if (!options.distributed) {
    warnAlone();
    return { options, group: undefined };
  }
  if (options.ensemble !== undefined) command.error('error: --ensemble cannot be used with --distributed');
  const group = processGroup();
  const given = command.getOptionValueSource('shards') === 'cli';
  const shards = given ? {} : { shards: SHARDS };
  const own = { ...options, settings: { ...options.settings, ...shards }, given: { ...options.given, ...shards } };
  if (group.isFirst) return { options: own, group };
  followSilently();
  const none = { save: undefined, json: undefined, report: undefined, serve: undefined, log: undefined };
  return { options: { ...own, ...none, plot: false, tensorboard: undefined }, group };
}

/** How many processes have been started with this one, by the variables of Open MPI and of MPICH's kind. */
const SIZES = ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE'];

/** Says that processes which have been started together do not train together. */
function warnAlone(): void {
  const size = SIZES.map((name) => Number(process.env[name])).find((count) => count > 1);
  if (size === undefined) return;
  process.stderr.write(
    `warning: this is one of ${size} processes that were started together, but each trains by itself and writes the ` +
      'same files: pass --distributed to train one net together\n',
  );
}

/** Only the first process speaks. An error ends all, with the message of the process that has it. */
function followSilently(): void {
  const { stdout, stderr } = process;
  const write = stderr.write.bind(stderr) as (...given: unknown[]) => boolean;
  const ignore = (...given: unknown[]) => {
    const done = given.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  stdout.write = ignore;
  stderr.write = (...given: unknown[]) => (String(given[0]).startsWith('error: ') ? write : ignore)(...given);
}
