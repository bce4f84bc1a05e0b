/**
 * The backend in WebAssembly: the engine of native/engine/ with its SIMD kernels, behind binding.d.ts. What takes no
 * matrix products is that of the TypeScript backend.
 */
import type { Binding, Net, Rows } from '../../../binding.js';
import { checkLossAndGradients, checkPeak, checkPredict, checkScores } from '../reference/checks.js';
import { PreparedNetInTurns } from '../reference/prepared-net.js';
import { referenceBinding } from '../reference/reference.js';
import { copyArrays, labelledNumbers, netNumbers, readArrays } from './call.js';
import { CallMemory, WasmEngine } from './engine.js';
import type { Host } from './host.js';
import { WasmArithmetic } from './prediction.js';
import { settingNames, train, trainSync } from './training.js';

/** The binding of a module. `relaxed`: whether it uses relaxed SIMD. */
export function wasmBinding(host: Host, relaxed: boolean): Binding {
  let engine = new WasmEngine(host);
  /** The engine for a new call. One that ran out of memory is left to what still uses it. */
  const current = () => {
    if (engine.broken) engine = new WasmEngine(host);
    return engine;
  };
  const withNet = <R>(net: Net, rows: Rows, use: (arithmetic: WasmArithmetic) => R): R => {
    const arithmetic = new WasmArithmetic(current(), net, rows.count);
    try {
      return use(arithmetic);
    } finally {
      arithmetic.close();
    }
  };
  const { blas, blasCoreReason, blasCoreOlder, bfloat16 } = referenceBinding.info();
  const simdTarget = `${engine.text(engine.exports.simdTarget())}${relaxed ? ' relaxed' : ''}`;
  return {
    ...referenceBinding,
    version: engine.exports.version(),
    settings: settingNames(engine),

    info: () => ({ blas, blasCore: 'WebAssembly', blasCoreReason, blasCoreOlder, simdTarget, bfloat16 }),

    peak(dtype, threads, seconds) {
      checkPeak(dtype, threads, seconds);
      if (dtype === 'bfloat16') return Number.NaN;
      return current().run((exports) => exports.peak(dtype === 'float64' ? 1 : 0, threads, seconds));
    },

    scores(net, rows, scores) {
      checkScores(net, rows, scores);
      withNet(net, rows, (arithmetic) => arithmetic.scores(rows, scores, rows.count));
    },

    predict(net, rows, classes) {
      checkPredict(net, rows, classes);
      return withNet(net, rows, (arithmetic) => arithmetic.predict(rows, classes, rows.count).result);
    },

    prepare: (net, rows, mean) =>
      new PreparedNetInTurns(net, rows, mean, () => new WasmArithmetic(current(), net, rows)),

    lossAndGradients(net, data, reg, gradients) {
      checkLossAndGradients(net, data, reg, gradients);
      const memory = new CallMemory(current());
      const parameters = copyArrays(memory, net.shape, [net.parameters]);
      const written = copyArrays(memory, net.shape, [gradients]);
      const rows = labelledNumbers(memory, data, memory.copy(data.rows.data));
      const numbers = memory.numbers([...netNumbers(net, parameters), ...rows, reg, written]);
      const loss = memory.engine.run((exports) => exports.lossAndGradients(numbers));
      readArrays(memory.engine, gradients, written);
      memory.release();
      return loss;
    },

    train: (call, report) => train(current(), call, report),
    trainSync: (call, report) => trainSync(current(), call, report),
  };
}
