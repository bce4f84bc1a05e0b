import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BindingInfo } from '../../binding.js';
import { loadNative } from '../../src/backend/native/native.js';
import { nativeMissing } from '../support/backends.js';

const native = loadNative();
const file = native.binding ? native.file : '';

/** What the addon is built on. */
const blas = native.binding?.info().blas ?? '';
const otherBlas = blas.startsWith('OpenBLAS') ? undefined : `the addon is built on another BLAS: ${blas}`;
/** The addon may include its own OpenBLAS instead of loading the system's. */
const shared =
  !otherBlas && file !== '' && readFileSync(file).includes('libopenblas.so')
    ? 'the addon is linked to the shared OpenBLAS'
    : undefined;

/** A suite of the addon; skipped where it is missing or `unless` gives a reason, and the title says why. */
function describeUnless(unless: string | undefined, title: string, tests: () => void): void {
  const why = nativeMissing ?? unless;
  describe.skipIf(why !== undefined)(why ? `${title} (skipped: ${why})` : title, tests);
}

/** A suite of the private OpenBLAS. */
function describeOnPrivate(title: string, unless: string | undefined, tests: () => void): void {
  describeUnless(otherBlas ?? shared ?? unless, title, tests);
}

/** What `script` prints as JSON in a separate process whose only BLAS settings are `variables`. */
function runScript(script: string, variables: NodeJS.ProcessEnv): unknown {
  const kept = Object.entries(process.env).filter(([name]) => !/^OPENBLAS_|^GOTO_|^OMP_|^MKL_|^BLIS_/.test(name));
  const env = { ...Object.fromEntries(kept), ...variables };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
  expect({ stderr, status }).toStrictEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout);
}

const ADDON = `require(${JSON.stringify(file)})`;
const PRINT_INFO = `console.log(JSON.stringify(${ADDON}.info()))`;

/** What the addon says of its kernels, loaded by the main thread of a new process, or by a Worker alone. */
function infoIn(thread: 'main thread' | 'Worker', variables: NodeJS.ProcessEnv): BindingInfo {
  const inWorker = `new (require('node:worker_threads').Worker)(${JSON.stringify(PRINT_INFO)}, { eval: true })`;
  return runScript(thread === 'Worker' ? inWorker : PRINT_INFO, variables) as BindingInfo;
}

/** OpenBLAS's kernels for this processor; undefined if the addon leaves the choice to OpenBLAS. */
function fittingKernels(): { core: string; feature: string } | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const processor = readFileSync('/proc/cpuinfo', 'utf8');
  const flags = new Set(/^flags\s*:(.*)$/m.exec(processor)?.[1].trim().split(' '));
  const has = (...names: string[]) => names.every((name) => flags.has(name));
  if (has('avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl')) return { core: 'SkylakeX', feature: 'AVX-512' };
  if (has('avx2', 'fma')) return { core: processor.includes('AuthenticAMD') ? 'Zen' : 'Haswell', feature: 'AVX2' };
  return undefined;
}

const fitting = fittingKernels();
const noFitting = fitting ? undefined : 'no x86-64 processor with AVX2 under Linux';

describeOnPrivate('kernels of OpenBLAS', noFitting, () => {
  const { core, feature } = fitting ?? { core: '', feature: '' };

  describe.each(['main thread', 'Worker'] as const)('in the %s', (thread) => {
    it.each([{}, { OPENBLAS_CORETYPE: '' }])('are chosen by the features of the processor: %o', (variables) => {
      expect(infoIn(thread, variables)).toMatchObject({
        blasCore: core,
        blasCoreReason: `selected for this processor's ${feature}`,
      });
    });

    it('are those that the user asks for', () => {
      expect(infoIn(thread, { OPENBLAS_CORETYPE: core.toLowerCase() })).toMatchObject({
        blasCore: core,
        blasCoreReason: `OPENBLAS_CORETYPE=${core.toLowerCase()} is set in the environment`,
      });
    });

    it.skipIf(core === 'SkylakeX')(
      'are never those that the processor cannot run, even if the user asks for them',
      () => {
        const script = `const addon = ${ADDON};
        const [W1, b1, W2, b2] = [6, 3, 6, 2].map((length) => new Float32Array(length));
        const shape = { inputSize: 2, hiddenSize: 3, numClasses: 2 };
        const net = { shape, parameters: { W1, b1, W2, b2 }, products: 'blas', bfloat16: false, threads: 1 };
        addon.scores(net, { data: new Float32Array(2), count: 1, mean: null }, new Float32Array(2));
        console.log(JSON.stringify(addon.info()));`;
        expect(runScript(script, { OPENBLAS_CORETYPE: 'SkylakeX' })).toMatchObject({
          blasCore: core,
          blasCoreReason:
            'OPENBLAS_CORETYPE=SkylakeX is set in the environment but ignored, because this processor does not ' +
            'support it: unset it',
        });
      },
    );

    it('are those that the user asks for even if they are older than the processor; the reason says so', () => {
      const remedy = `these kernels are older than this processor's ${feature}: unset it or set it to ${core}`;
      expect(infoIn(thread, { OPENBLAS_CORETYPE: 'Nehalem' })).toMatchObject({
        blasCore: 'Nehalem',
        blasCoreReason: `OPENBLAS_CORETYPE=Nehalem is set in the environment; ${remedy}`,
      });
    });
  });
});

const noTasks = process.platform === 'linux' ? undefined : 'no /proc/self/task';
const ownThreads = blas.startsWith('BLAS from') ? `${blas} may start threads when it is loaded` : undefined;

describeUnless(shared ?? ownThreads ?? noTasks, 'threads of the BLAS', () => {
  it('are not started, neither on loading nor on multiplying, whatever the environment says', () => {
    const script = `
      const threads = () => fs.readdirSync('/proc/self/task').length;
      const before = threads();
      const addon = ${ADDON};
      const loaded = threads();
      const size = 256;
      const reals = (count) => new Float32Array(count).fill(1);
      addon.scores(
        {
          shape: { inputSize: size, hiddenSize: size, numClasses: size },
          parameters: { W1: reals(size * size), b1: reals(size), W2: reals(size * size), b2: reals(size) },
          products: 'blas',
          bfloat16: false,
          threads: 1,
        },
        { data: reals(size * size), count: size, mean: null },
        reals(size * size),
      );
      console.log(JSON.stringify([loaded - before, threads() - before]));`;
    const names = ['OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'BLIS_IC_NT', 'BLIS_JC_NT'];
    const variables = Object.fromEntries(names.map((name) => [name, '4']));
    expect(runScript(script, { ...variables, MKL_DYNAMIC: 'FALSE' })).toStrictEqual([0, 0]);
  });
});

const nmWorks = spawnSync('nm', ['--version']).status === 0;

describeOnPrivate('symbols of OpenBLAS', nmWorks ? undefined : 'no nm', () => {
  it('are hidden, so that no other library of the process uses them', () => {
    const { stdout, status } = spawnSync('nm', ['-D', '--defined-only', file], { encoding: 'utf8' });
    expect(status).toBe(0);
    const names = stdout.split('\n').map((line) => line.split(' ')[2] ?? '');
    expect(names).toContain('napi_register_module_v1');
    expect(names.filter((name) => /blas|gemm|getenv/i.test(name))).toStrictEqual([]);
  });
});
