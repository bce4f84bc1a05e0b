import { capabilitiesOf } from '../../backend/capabilities.js';
import type { BackendInfo } from '../../backend/choose.js';

/** What computes, in a few words: the backend, the kernels that train, and the number of threads. */
export function backendWords(info: BackendInfo): string {
  if (!capabilitiesOf(info.backend).native) return 'js (TypeScript)';
  const threads = info.threads === 1 ? '1 thread' : `${info.threads} threads`;
  return `native (${productsWords(info)}, ${threads})`;
}

/** The same without threads, which no result depends on. */
export function productsWords({ backend, blasCore, simdTarget, products }: BackendInfo): string {
  if (!capabilitiesOf(backend).native) return 'TypeScript';
  const onBlas = simdTarget === 'none' || products === 'blas';
  return `${onBlas ? `BLAS's ${blasCore}` : simdTarget} kernels`;
}
