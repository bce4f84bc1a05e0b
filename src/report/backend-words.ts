import type { BackendInfo } from '../backend/choose.js';
import { kernelsFromEnvironment } from '../options.js';

/** What runs, in a few words: whose kernels train, the engine's own unless there are none or the BLAS's were asked for. */
export function backendWords({ backend, kernels, ownKernels, threads }: BackendInfo): string {
  if (backend === 'js') return 'js (TypeScript)';
  const byBlas = ownKernels === 'none' || kernelsFromEnvironment() === 'blas';
  return `native (${byBlas ? `BLAS's ${kernels}` : ownKernels} kernels, ${threads} threads)`;
}
