/** Files and connections that a process may still open. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** How many descriptors this process can open now, counted up to `most`. */
function freeDescriptors(most: number): number {
  const opened: number[] = [];
  try {
    while (opened.length < most) opened.push(openSync(devNull, 'r'));
  } catch {
    // Their limit.
  }
  for (const descriptor of opened) closeSync(descriptor);
  return opened.length;
}

/** Descriptors that are left for files, whatever the limit of the process. */
const FOR_FILES = 32;

/** How many connections a server may hold that wants so many: at least one. */
export function possibleConnections(wanted: number): number {
  return Math.max(1, Math.min(wanted, freeDescriptors(wanted + FOR_FILES) - FOR_FILES));
}
