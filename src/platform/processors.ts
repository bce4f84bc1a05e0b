/**
 * How many threads this process can run at once: the processors that it may run on (its affinity), or its container's
 * share of their time (the cgroup's quota) if that is less. In a container with 1.5 processors on a machine with 64, 64
 * threads would wait for each other, and one thread would leave a third of the quota idle. Node 20 ignores the quota,
 * and newer versions round it down in os.availableParallelism(), so on Linux the affinity is read from the kernel.
 *
 * The files are described in the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/,
 * scheduler/sched-bwc.rst, and in `man 7 cgroups` and `man 5 proc`.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, posix } from 'node:path';
import { smallest } from '../validation/long-lists.js';

/** The number of processors that this process may use, and the reason. */
export interface Processors {
  /** Threads that can run at once: the processors it may run on, or its quota, rounded up, if that is less. */
  readonly count: number;
  /** The processors that it may run on, by its affinity. */
  readonly available: number;
  /** The smallest quota of its cgroups, in processors, such as 1.5; undefined if there is none, or it is unknown. */
  readonly quota: number | undefined;
  /** Which of them decides: `2 processors`, `a cgroup's quota of 1.5 of 64 processors`. */
  readonly reason: string;
}

/** Where to look; for tests. */
interface Machine {
  /** The folder used as `/`. */
  readonly root?: string;
  readonly platform?: string;
  /** @defaultValue the affinity */
  readonly available?: number;
}

/** Finds the processors that this process may use. Never throws: what cannot be read sets no limit. */
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
 * The default number of threads: one per processor that this process may use. The affinity is read each time; the quota
 * is read once, since a program may create thousands of nets.
 */
export function defaultThreads(): number {
  own ??= { quota: usableProcessors().quota };
  const available = affinity('/', process.platform);
  return Math.min(available, Math.max(1, Math.ceil(own.quota ?? available)));
}

/**
 * The number of processors in the line `Cpus_allowed_list: 0-3,8` of this process's status; Node's number if there is
 * no such line, and on systems other than Linux.
 */
function affinity(root: string, platform: string): number {
  if (platform !== 'linux') return availableParallelism();
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(read(root, '/proc/self/status'))?.[1];
  if (list === undefined) return availableParallelism();
  const allowed = placesIn(list);
  // The list may name processors that are off or do not exist: `0-127` in a virtual machine with two.
  const online = onlineList(root);
  if (online === undefined) return root === '/' ? Math.min(allowed.length, cpus().length || 1) : allowed.length;
  const there = new Set(placesIn(online));
  const usable = allowed.filter((place) => there.has(place)).length;
  return usable > 0 ? usable : Math.min(allowed.length, there.size);
}

/** More processors than any Linux supports. */
const MOST_PROCESSORS = 1 << 16;

/** The processors that are online, as a list of the kernel's; undefined if it cannot be read. */
function onlineList(root: string): string | undefined {
  return /^\d[\d,-]*$/m.exec(read(root, '/sys/devices/system/cpu/online'))?.[0];
}

/** The numbers of a list such as `0-3,8`. */
function placesIn(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: Math.max(0, Math.min(last - first + 1, MOST_PROCESSORS)) }, (_, i) => first + i);
  });
}

/** A mounted file system of cgroups. */
interface Mount {
  /** The path of the mounted cgroup in its hierarchy. */
  readonly from: string;
  /** The mount point. */
  readonly at: string;
  /** The controllers of a version 1 hierarchy; undefined for version 2. */
  readonly controllers: readonly string[] | undefined;
}

/** A cgroup that this process is in. */
interface Membership {
  /** As in {@link Mount}. */
  readonly controllers: readonly string[] | undefined;
  /** The path of the cgroup in its hierarchy. */
  readonly path: string;
}

/** The smallest quota of this process's cgroups and their parents, in processors. */
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
  return known.length > 0 ? smallest(known) : undefined;
}

/** The lines `4:cpu,cpuacct:/docker/a` of version 1 that control processor time, and `0::/a` of version 2. */
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

/** A space in a path is written as `\040` there. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/**
 * The folders of a cgroup and its parents, up to the mounted one. A container may see its path from outside although
 * only its own cgroup is mounted: then that one counts.
 */
function foldersOf({ from, at }: Mount, path: string): string[] {
  const inside = from === '/' ? path : path === from || path.startsWith(`${from}/`) ? path.slice(from.length) : '/';
  const parts = inside.split('/').filter((part) => part !== '');
  // A path outside of the namespace begins with `/..`.
  const names = parts.includes('..') ? [] : parts;
  return Array.from({ length: names.length + 1 }, (_, depth) => posix.join(at, ...names.slice(0, depth)));
}

/** `150000 100000` means 1.5 processors; `max 100000` means no limit. */
function quotaOfVersion2(readFile: (file: string) => string): number | undefined {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(readFile('cpu.max')) ?? [];
  return processorsOf(quota, period);
}

/** `150000` with a period of 100000 means 1.5 processors; −1 means no limit. */
function quotaOfVersion1(readFile: (file: string) => string): number | undefined {
  return processorsOf(readFile('cpu.cfs_quota_us').trim(), readFile('cpu.cfs_period_us').trim());
}

function processorsOf(quota = '', period = ''): number | undefined {
  const processors = /^\d+$/.test(quota) && /^\d+$/.test(period) ? Number(quota) / Number(period) : Number.NaN;
  return Number.isFinite(processors) && processors > 0 ? processors : undefined;
}

/** The file's text; empty if it cannot be read. */
function read(root: string, path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
