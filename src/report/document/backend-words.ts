import { capabilitiesOf } from '../../backend/capabilities.js';
import type { BackendInfo } from '../../backend/choose.js';

/** What computes, in a few words: the backend, the kernels that train, and the number of threads. */
export function backendWords(info: BackendInfo): string {
  const { name, title, native, threads: several } = capabilitiesOf(info.backend);
  if (!several) return `${name} (${title})`;
  const threads = info.threads === 1 ? '1 thread' : `${info.threads} threads`;
  return `${name} (${native ? '' : `${title}: `}${productsWords(info)}, ${threads})`;
}

/** The same without threads, which no result depends on. */
export function productsWords({ backend, blasCore, simdTarget, products }: BackendInfo): string {
  const { native, title } = capabilitiesOf(backend);
  if (simdTarget === 'none' && !native) return title;
  const onBlas = simdTarget === 'none' || products === 'blas';
  return `${onBlas ? `BLAS's ${blasCore}` : simdTarget} kernels`;
}
