import type { BackendInfo } from '../../backend/choose.js';
import { productsFromEnvironment } from '../../training/settings.js';

/** The backend in a few words: which kernels it trains with, and on how many threads. */
export function backendWords(info: BackendInfo): string {
  if (info.backend === 'js') return 'js (TypeScript)';
  return `native (${productsWords(info)}, ${info.threads} threads)`;
}

/** The kernels alone. Results do not depend on the number of threads. */
export function productsWords({ backend, blasCore, simdTarget }: BackendInfo): string {
  if (backend === 'js') return 'TypeScript';
  const byBlas = simdTarget === 'none' || productsFromEnvironment() === 'blas';
  return `${byBlas ? `BLAS's ${blasCore}` : simdTarget} kernels`;
}
