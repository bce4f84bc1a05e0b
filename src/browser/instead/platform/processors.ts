/** The processors that a page may use. */
import type * as Original from '../../../platform/processors.js';

export const usableProcessors: typeof Original.usableProcessors = () => {
  const count = navigator.hardwareConcurrency || 1;
  const reason = `${count} ${count === 1 ? 'processor' : 'processors'}, as the browser says`;
  return { count, available: count, quota: undefined, reason };
};

/** Threads share their memory, which a page can only have if no page of elsewhere can look into it. */
export const defaultThreads: typeof Original.defaultThreads = () =>
  crossOriginIsolated ? usableProcessors().count : 1;
