/** Processes that train a net together. */
import { createHash } from 'node:crypto';
import { hashBytes } from '../../platform/hash-bytes.js';
import { atOnce } from '../../platform/turns.js';
import { withCode } from '../../validation/errors.js';
import { type Joined, loadMpi, type MpiAddon } from './addon.js';

/** What the members of a group must have alike, by what messages call it. */
export type Alike = Readonly<Record<string, readonly (string | ArrayBufferView)[]>>;

/** Bytes of a SHA-256 hash. */
const HASH = 32;

/**
 * The processes that `mpirun` has started, as one of them sees them. All must make the same calls in the same order:
 * each waits for the others. If one of them dies or fails, mpirun ends all.
 */
export class ProcessGroup {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes. */
  readonly size: number;
  /** The name of the machine that this process runs on. */
  readonly host: string;
  /** @internal What a backend's call gets. */
  readonly handle: object;
  readonly #addon: MpiAddon;

  /** @internal Use {@link processGroup}. */
  constructor(addon: MpiAddon, { rank, size, host, handle }: Joined) {
    this.#addon = addon;
    this.rank = rank;
    this.size = size;
    this.host = host;
    this.handle = handle;
  }

  /** Whether it is the process that writes files and speaks for all. */
  get isFirst(): boolean {
    return this.rank === 0;
  }

  /** Whether `value` is true in any process. */
  any(value: boolean): boolean {
    return this.#gather(Uint8Array.of(value ? 1 : 0)).includes(1);
  }

  /**
   * Checks that all processes have the same numbers and texts. All of them throw if they do not.
   *
   * @internal
   * @throws Error `ERR_DISTRIBUTED` that names what differs, and where
   */
  checkAlike(alike: Alike): void {
    const names = Object.keys(alike);
    const hashes = names.map((name) => hashOf(alike[name]));
    const own = Buffer.concat([...hashes, Buffer.alloc(256, ' ').fill(this.host, 0, Buffer.byteLength(this.host))]);
    const all = this.#gather(own);
    const of = (rank: number) => Buffer.from(all.buffer, all.byteOffset + rank * own.length, own.length);
    for (const [i, name] of names.entries()) {
      const hashAt = (rank: number) => of(rank).subarray(i * HASH, (i + 1) * HASH);
      const other = Array.from({ length: this.size }, (_, rank) => hashAt(rank)).findIndex(
        (hash) => !hash.equals(hashAt(0)),
      );
      if (other < 0) continue;
      const place = (rank: number) =>
        `process ${rank} (on ${of(rank)
          .toString('utf8', names.length * HASH)
          .trim()})`;
      const message =
        `Expected the same ${name} in all ${this.size} processes of a training, but ${place(other)} has others than ` +
        `${place(0)}: start all with the same options, files and versions, on processors of one kind`;
      throw withCode(new Error(message), 'ERR_DISTRIBUTED');
    }
  }

  #gather(own: Uint8Array): Uint8Array {
    const all = new Uint8Array(own.length * this.size);
    this.#addon.gather(own, all);
    return all;
  }
}

function hashOf(parts: Alike[string]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (typeof part === 'string') hash.update(part);
    else atOnce(hashBytes(hash, part));
  }
  return hash.digest();
}

let group: ProcessGroup | undefined;

/**
 * The processes that `mpirun -n … node program.js` has started, of which this is one; without mpirun, this process
 * alone. Pass it to `train` as the option `group`. At its end the process waits for the others; if it ends with another
 * exit code than 0, so do all.
 *
 * @throws Error `ERR_MPI_UNAVAILABLE` unless the addon for MPI has been built: `npm run build:mpi`
 */
export function processGroup(): ProcessGroup {
  if (!group) {
    const addon = loadMpi();
    group = new ProcessGroup(addon, addon.join());
    process.on('exit', (code) => {
      if (code === 0) addon.leave();
      else addon.fail(code);
    });
  }
  return group;
}
