import type { BackendInfo } from '../../backend/choose.js';
import { productsFromEnvironment } from '../../training/settings.js';

/** What runs, in a few words: whose kernels train, the engine's own unless there are none or the BLAS's were asked for. */
export function backendWords(info: BackendInfo): string {
  if (info.backend === 'js') return 'js (TypeScript)';
  return `native (${productsWords(info)}, ${info.threads} threads)`;
}

/** The same without threads, on which no result depends. */
export function productsWords({ backend, blasCore, simdTarget }: BackendInfo): string {
  if (backend === 'js') return 'TypeScript';
  const byBlas = simdTarget === 'none' || productsFromEnvironment() === 'blas';
  return `${byBlas ? `BLAS's ${blasCore}` : simdTarget} kernels`;
}
