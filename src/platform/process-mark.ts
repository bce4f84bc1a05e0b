/** Tells whether the process that left something behind, such as a temporary file or a lock, is still running. */
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What is known of a process wherever it left its mark: text without dots, spaces and slashes each. */
export interface ProcessMark {
  readonly pid: string;
  /** When it started, in ticks since the system did, so that a later process of the same number is another one. */
  readonly started: string;
  /** Where its number means something: one run of one system, and one namespace of process numbers, hashed. */
  readonly place: string;
}

/** A process whose start is not known. */
const UNKNOWN = '0';

let own: ProcessMark | undefined;

/** The mark of this process. */
export function ownMark(): ProcessMark {
  own ??= { pid: String(process.pid), started: statOf('self')?.started ?? UNKNOWN, place: ownPlace() };
  return own;
}

/**
 * Whether the process is running; undefined if that cannot be told, because its number is one of another system, of
 * another container, or of the time before a restart.
 */
export function isRunning({ pid, started, place }: ProcessMark): boolean | undefined {
  if (place !== ownMark().place) return undefined;
  if (started === UNKNOWN) return answers(Number(pid));
  const stat = statOf(pid);
  // A process of another user may be hidden in /proc.
  if (!stat) return answers(Number(pid));
  // A zombie has ended: all that is left of it is its exit code.
  return stat.started === started && !'ZX'.includes(stat.state);
}

/** The state and the start of a process from /proc; undefined if it is not there, or /proc is not. */
function statOf(pid: string): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name, in which anything may stand.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: fields[19] };
  } catch {
    return undefined;
  }
}

/** Whether there is a process of this number, also one of another user. */
function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ownPlace(): string {
  const parts = [
    read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')),
    read(() => readlinkSync('/proc/self/ns/pid')),
  ];
  // Without /proc, process numbers are taken to mean something on the whole system.
  const place = parts.every((part) => part !== '') ? parts.join(' ') : `${process.platform} ${hostname()}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 12);
}

function read(action: () => string): string {
  try {
    return action().trim();
  } catch {
    return '';
  }
}
