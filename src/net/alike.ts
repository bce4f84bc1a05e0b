/** Processes that train a net together: that all of them train the same one. */
import type { BestEpoch, Binding, LabelledRows, ParameterArrays, TrainingCall } from '../../binding.js';
import { BINDING_VERSION } from '../backend/binding-version.js';
import { type BackendName, capabilitiesOf } from '../backend/capabilities.js';
import type { ProcessGroup } from '../backend/mpi/process-group.js';
import { packageVersion } from '../platform/package-version.js';
import { conflict } from '../validation/errors.js';
import { PARAMETERS } from '../validation/parameters.js';

/**
 * Checks that the backend can train with others.
 *
 * @throws TypeError `ERR_CONFLICT`
 */
export function checkGroupBackend(group: ProcessGroup | undefined, backend: BackendName): void {
  const { groups, title } = capabilitiesOf(backend);
  if (!group || groups) return;
  throw conflict(
    (name) => `${name('group')} only works with ${name('backend')} "native", but this net computes in ${title}`,
  );
}

/**
 * Compares what a training depends on over all processes: every row at its beginning, and later, since it was compared
 * then, or with what a checkpoint says, a fingerprint.
 *
 * @throws Error `ERR_DISTRIBUTED` in all of them
 */
export function checkAlike(
  group: ProcessGroup,
  { call, fingerprint, binding }: { call: TrainingCall; fingerprint: string; binding: Pick<Binding, 'info'> },
): void {
  const { net, settings, firstIteration, noiseSeed, finalAccuracies, picture, rates, best, slots, random } = call;
  const { blas, blasCore, simdTarget } = binding.info();
  const { shape, products, bfloat16 } = net;
  const begins = firstIteration === 0;
  const numbers = { settings, shape, products, bfloat16, firstIteration, noiseSeed, finalAccuracies, picture };
  group.checkAlike({
    versions: [packageVersion(), String(BINDING_VERSION)],
    'matrix products of the addon': [blas, blasCore, simdTarget],
    settings: [JSON.stringify(numbers), ...(rates ? [rates] : [])],
    'training rows, labels or weights': [
      fingerprint,
      ...(begins ? [...rowsOf(call.training), ...weightsOf(call)] : []),
    ],
    'validation rows or labels':
      call.validation && begins ? rowsOf(call.validation) : [String(call.validation !== null)],
    'parameters, state of the update rule or random stream': [
      ...[net.parameters, ...slots].flatMap(arraysOf),
      ...bestOf(best),
      random.key,
      String(random.position),
    ],
  });
}

function rowsOf({ rows, labels }: LabelledRows): ArrayBufferView[] {
  return [rows.data, labels, ...(rows.mean ? [rows.mean] : [])];
}

function weightsOf({ weights }: TrainingCall): ArrayBufferView[] {
  return weights ? [weights] : [];
}

function arraysOf(arrays: ParameterArrays): ArrayBufferView[] {
  return PARAMETERS.map((name) => arrays[name]);
}

function bestOf(best: BestEpoch | null): (ArrayBufferView | string)[] {
  if (!best) return [];
  const { parameters, iterations, monitored, epochsSince } = best;
  return [...arraysOf(parameters), String([iterations, monitored, epochsSince])];
}
