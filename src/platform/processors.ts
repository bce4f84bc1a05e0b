/**
 * How many threads this process can run at once: the processors that it may run on (its affinity), or the share of their
 * time that a container may take (its cgroup's quota) where that is less. In a container of 1.5 processors on a machine of
 * 64, 64 threads would wait for each other, and one would leave a third of it idle. Node 20 knows nothing of the quota;
 * newer ones round it down in os.availableParallelism(), so that on Linux the affinity is read from the kernel.
 *
 * The files are described in the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/, scheduler/sched-bwc.rst,
 * and in `man 7 cgroups` and `man 5 proc`.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, posix } from 'node:path';

/** The processors that this process may use, and why so many. */
export interface Processors {
  /** Threads that can run at once: the processors it may run on, or its quota, rounded up, where that is less. */
  readonly count: number;
  /** Processors that it may run on, by its affinity. */
  readonly available: number;
  /** The least of its cgroups' quotas, in processors (1.5: one and a half); undefined where there is none, or none known. */
  readonly quota: number | undefined;
  /** Which decides, in words: `2 processors`, `a cgroup's quota of 1.5 of 64 processors`. */
  readonly reason: string;
}

/** Where to look; for tests. */
interface Machine {
  /** What stands for `/`. */
  readonly root?: string;
  readonly platform?: string;
  /** @defaultValue the affinity */
  readonly available?: number;
}

/** Finds the processors that this process may use. Never throws: what cannot be read limits nothing. */
export function usableProcessors(machine: Machine = {}): Processors {
  const { root = '/', platform = process.platform } = machine;
  const { available = affinity(root, platform) } = machine;
  const quota = platform === 'linux' ? quotaUnder(root) : undefined;
  const limit = quota === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(quota));
  const words = `${available} ${available === 1 ? 'processor' : 'processors'}`;
  if (quota === undefined || limit >= available) return { count: available, available, quota, reason: words };
  const shown = Number(quota.toFixed(2));
  return { count: limit, available, quota, reason: `a cgroup's quota of ${shown} of ${words}` };
}

let own: { readonly quota: number | undefined } | undefined;

/**
 * Threads that are used unless told otherwise: one for each processor that this process may use. The affinity is asked
 * for each time; the quota is read once, since nets may be made by the thousand.
 */
export function defaultThreads(): number {
  own ??= { quota: usableProcessors().quota };
  const available = affinity('/', process.platform);
  return Math.min(available, Math.max(1, Math.ceil(own.quota ?? available)));
}

/**
 * The processors in the line `Cpus_allowed_list: 0-3,8` of this process's status; Node's number where there is none,
 * and elsewhere than on Linux.
 */
function affinity(root: string, platform: string): number {
  if (platform !== 'linux') return availableParallelism();
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(read(root, '/proc/self/status'))?.[1];
  if (list === undefined) return availableParallelism();
  return list.split(',').reduce((count, range) => {
    const [first, last = first] = range.split('-').map(Number);
    return count + last - first + 1;
  }, 0);
}

/** A file system of cgroups where it is mounted. */
interface Mount {
  /** The cgroup that is mounted, in its hierarchy. */
  readonly from: string;
  /** Where. */
  readonly at: string;
  /** Of version 1: its controllers; undefined for version 2. */
  readonly controllers: readonly string[] | undefined;
}

/** A cgroup that this process is in. */
interface Membership {
  /** As a mount's. */
  readonly controllers: readonly string[] | undefined;
  /** The cgroup, in its hierarchy. */
  readonly path: string;
}

/** The least quota of this process's cgroups and those around them, in processors. */
function quotaUnder(root: string): number | undefined {
  const mounts = mountsOf(read(root, '/proc/self/mountinfo'));
  const quotas = membershipsOf(read(root, '/proc/self/cgroup')).flatMap(({ controllers, path }) => {
    const mount = mounts.find((mount) =>
      controllers === undefined ? mount.controllers === undefined : mount.controllers?.includes('cpu'),
    );
    if (!mount) return [];
    const quotaOf = mount.controllers === undefined ? quotaOfVersion2 : quotaOfVersion1;
    return foldersOf(mount, path).map((folder) => quotaOf((file) => read(root, posix.join(folder, file))));
  });
  const known = quotas.filter((quota) => quota !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** The lines `4:cpu,cpuacct:/docker/a` of version 1 that have processors' time in them, and `0::/a` of version 2. */
function membershipsOf(text: string): Membership[] {
  return [...text.matchAll(/^(\d+):([^:\n]*):(\/.*)$/gm)].flatMap(([, id, names, path]): Membership[] => {
    if (id === '0' && names === '') return [{ controllers: undefined, path }];
    const controllers = names.split(',');
    return controllers.includes('cpu') ? [{ controllers, path }] : [];
  });
}

/** The lines `31 23 0:28 / /sys/fs/cgroup rw … - cgroup2 cgroup2 rw,…` that mount cgroups. */
function mountsOf(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [place, source] = line.split(' - ');
    const [, , , from, at] = place.split(' ').map(unescapeOctal);
    const [type, , options = ''] = (source ?? '').split(' ');
    if (at === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ from, at, controllers: type === 'cgroup2' ? undefined : options.split(',') }];
  });
}

/** A blank in a path is written `\040` there. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/**
 * The folders of a cgroup and all around it, up to the one that is mounted. A container may see its path from outside
 * while only its own cgroup is mounted: that one counts then.
 */
function foldersOf({ from, at }: Mount, path: string): string[] {
  const inside = from === '/' ? path : path === from || path.startsWith(`${from}/`) ? path.slice(from.length) : '/';
  const parts = inside.split('/').filter((part) => part !== '');
  // A path outside of the namespace begins with `/..`.
  const names = parts.includes('..') ? [] : parts;
  return Array.from({ length: names.length + 1 }, (_, depth) => posix.join(at, ...names.slice(0, depth)));
}

/** `150000 100000` is one and a half; `max 100000` no limit. */
function quotaOfVersion2(readFile: (file: string) => string): number | undefined {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(readFile('cpu.max')) ?? [];
  return processorsOf(quota, period);
}

/** `150000` in 100000; −1 is no limit. */
function quotaOfVersion1(readFile: (file: string) => string): number | undefined {
  return processorsOf(readFile('cpu.cfs_quota_us').trim(), readFile('cpu.cfs_period_us').trim());
}

function processorsOf(quota = '', period = ''): number | undefined {
  const processors = /^\d+$/.test(quota) && /^\d+$/.test(period) ? Number(quota) / Number(period) : Number.NaN;
  return Number.isFinite(processors) && processors > 0 ? processors : undefined;
}

/** The file's text; empty where it cannot be read. */
function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
