import { cpus } from 'node:os';
import { defaultThreads } from './processors.js';

/** A machine, as reports and measurements describe it. */
export interface Machine {
  /** The name that the processor reports. */
  readonly cpu: string;
  /** Number of processors that this process may use, according to its affinity and its cgroup quota. */
  readonly processors: number;
  /** Operating system and architecture, such as `linux x64`. */
  readonly platform: string;
  /** The version of Node. */
  readonly node: string;
}

/** Describes the machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    processors: defaultThreads(),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}
