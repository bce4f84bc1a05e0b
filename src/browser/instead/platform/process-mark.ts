/** A page is no process that leaves files behind. */
import type * as Original from '../../../platform/process-mark.js';

export const ownMark: typeof Original.ownMark = () => ({ pid: 'page', started: 'unknown', place: 'page' });
export const isRunning: typeof Original.isRunning = () => true;
