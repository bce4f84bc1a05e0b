import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usableProcessors } from '../../src/platform/processors.js';
import { ROOT } from '../support/run-cli.js';

const scratch = mkdtempSync(join(tmpdir(), 'two-layer-net-processors-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that stands for `/`, with these files in it. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(scratch, 'root-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** What is found on a Linux machine with these files. */
function on(files: Readonly<Record<string, string>>, available = 64) {
  return usableProcessors({ root: rootWith(files), platform: 'linux', available });
}

const V2_MOUNT = '35 25 0:30 / /sys/fs/cgroup rw,nosuid,nodev shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
const PROC_MOUNT = '24 1 0:22 / /proc rw,nosuid - proc proc rw\n';

/** A machine with cgroups of version 2, this process in `path`. */
function version2(path: string, quotas: Readonly<Record<string, string>>) {
  const files = Object.entries(quotas).map(([folder, text]) => [join('/sys/fs/cgroup', folder, 'cpu.max'), text]);
  return {
    '/proc/self/mountinfo': PROC_MOUNT + V2_MOUNT,
    '/proc/self/cgroup': `0::${path}\n`,
    ...Object.fromEntries(files),
  };
}

describe('a quota of cgroups, version 2', () => {
  it.each([
    ['150000 100000', 2, 1.5],
    ['100000 100000\n', 1, 1],
    ['10000 100000\n', 1, 0.1],
    ['800000 200000\n', 4, 4],
  ])('of %j gives %i threads', (text, count, quota) => {
    expect(on(version2('/', { '/': text }))).toStrictEqual({
      count,
      available: 64,
      quota,
      reason: `a cgroup's quota of ${quota} of 64 processors`,
    });
  });

  it.each(['max 100000\n', 'max', '', '150000', 'many 100000', '-1 100000', '0 100000', '150000 0', '150000 100000 7'])(
    'of %j limits nothing',
    (text) => {
      expect(on(version2('/', { '/': text }))).toStrictEqual({
        count: 64,
        available: 64,
        quota: undefined,
        reason: '64 processors',
      });
    },
  );

  it('above what the affinity allows changes nothing', () => {
    expect(on(version2('/', { '/': '400000 100000' }), 3)).toStrictEqual({
      count: 3,
      available: 3,
      quota: 4,
      reason: '3 processors',
    });
  });

  it.each([
    ['the innermost', { '/a': '800000 100000', '/a/b': 'max 100000', '/a/b/c': '200000 100000' }, 2],
    ['one in the middle', { '/a': '800000 100000', '/a/b': '300000 100000', '/a/b/c': 'max 100000' }, 3],
    ['the outermost', { '/a': '100000 100000', '/a/b': '300000 100000' }, 1],
  ])('is the least of those around the process: %s', (_which, quotas, count) => {
    expect(on(version2('/a/b/c', quotas)).count).toBe(count);
  });

  it('of another cgroup does not apply to this process', () => {
    expect(on(version2('/a', { '/ab': '100000 100000', '/b': '100000 100000' })).count).toBe(64);
  });

  it('is found where a part of the hierarchy is mounted, and at a place with a blank in its name', () => {
    const mount = '35 25 0:30 /docker/7f /a\\040place rw - cgroup2 cgroup2 rw\n';
    const files = {
      '/proc/self/mountinfo': mount,
      '/a place/cpu.max': '500000 100000',
      '/a place/in/cpu.max': '300000 100000',
    };
    expect(on({ ...files, '/proc/self/cgroup': '0::/docker/7f/in\n' }).count).toBe(3);
    expect(on({ ...files, '/proc/self/cgroup': '0::/docker/7f\n' }).count).toBe(5);
    expect(on({ ...files, '/proc/self/cgroup': '0::/docker/7fe/in\n' }).count).toBe(5);
    expect(on({ ...files, '/proc/self/cgroup': '0::/../elsewhere\n' }).count).toBe(5);
  });
});

describe('a quota of cgroups, version 1', () => {
  const mounts = [
    PROC_MOUNT,
    '32 31 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
    '33 31 0:30 /docker/7f /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:11 - cgroup cgroup rw,cpu,cpuacct\n',
  ].join('');
  const memberships = '5:memory:/docker/7f\n4:cpu,cpuacct:/docker/7f\n3:cpuset:/\n1:name=systemd:/docker/7f\n';
  const machine = { '/proc/self/mountinfo': mounts, '/proc/self/cgroup': memberships };
  const quota = (folder: string, quota: string, period: string) => ({
    [`/sys/fs/cgroup/cpu,cpuacct${folder}/cpu.cfs_quota_us`]: quota,
    [`/sys/fs/cgroup/cpu,cpuacct${folder}/cpu.cfs_period_us`]: period,
  });

  it('is found among other controllers', () => {
    expect(on({ ...machine, ...quota('', '250000\n', '100000\n') })).toMatchObject({ count: 3, quota: 2.5 });
  });

  it.each([
    ['-1', '100000'],
    ['', '100000'],
    ['250000', ''],
    ['250000', '0'],
  ])('of %j in %j limits nothing', (most, period) => {
    expect(on({ ...machine, ...quota('', most, period) }).count).toBe(64);
  });

  it('is the least of those around the process', () => {
    const inside = { ...machine, '/proc/self/cgroup': '4:cpu,cpuacct:/docker/7f/a/b\n' };
    const quotas = {
      ...quota('', '900000', '100000'),
      ...quota('/a', '400000', '100000'),
      ...quota('/a/b', '-1', '100000'),
    };
    expect(on({ ...inside, ...quotas }).count).toBe(4);
  });

  it('beside version 2, which has no processors then', () => {
    const hybrid = {
      '/proc/self/mountinfo': `${mounts}38 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
      '/proc/self/cgroup': `${memberships}0::/docker/7f\n`,
      '/sys/fs/cgroup/unified/docker/7f/cgroup.procs': '1\n',
    };
    expect(on({ ...hybrid, ...quota('', '200000', '100000') }).count).toBe(2);
  });
});

describe('where nothing is known of cgroups', () => {
  it.each([
    ['there are no files', {}],
    ['they are empty', { '/proc/self/mountinfo': '', '/proc/self/cgroup': '' }],
    ['they are anything', { '/proc/self/mountinfo': 'a - b\n - \n1 2', '/proc/self/cgroup': '0:\n::\n0::x\n:::/\n' }],
    ['nothing is mounted', { '/proc/self/mountinfo': PROC_MOUNT, '/proc/self/cgroup': '0::/a\n4:cpu:/\n' }],
    ['a folder is in place of a file', { ...version2('/', {}), '/sys/fs/cgroup/cpu.max/file': '' }],
  ])('the affinity alone counts: %s', (_why, files) => {
    expect(on(files)).toMatchObject({ count: 64, quota: undefined });
  });

  it('elsewhere than on Linux no file is read', () => {
    const root = rootWith(version2('/', { '/': '100000 100000' }));
    expect(usableProcessors({ root, platform: 'darwin', available: 8 })).toMatchObject({ count: 8, quota: undefined });
  });
});

/** What a process of its own finds, as `command` starts it. */
function countIn(command: string, args: readonly string[]): unknown {
  const script = `
    import { TwoLayerNet } from ${JSON.stringify(join(ROOT, 'dist', 'index.js'))};
    console.log(new TwoLayerNet({ inputSize: 1, hiddenSize: 1, numClasses: 2 }).threads);`;
  const run = spawnSync(command, [...args, process.execPath, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(run).toMatchObject({ status: 0 });
  return Number(run.stdout);
}

const many = availableParallelism() > 1;
const taskset = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;
const noTaskset = taskset ? (many ? undefined : 'one processor') : 'no taskset';

it.skipIf(noTaskset !== undefined)(
  `a process that may run on one processor takes one thread${noTaskset ? ` (skipped: ${noTaskset})` : ''}`,
  () => {
    // As in `pid 7's current affinity list: 0-3,6`.
    const { stdout } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
    const first = Number.parseInt(stdout.split(': ').at(-1) ?? '', 10);
    expect(countIn('taskset', ['-c', String(first)])).toBe(1);
  },
);

/** Where a cgroup with a quota can be made here, and what is written there. */
function quotaFile(): { folder: string; file: string; text: string } | undefined {
  const kinds = [
    { folder: '/sys/fs/cgroup/cpu', file: 'cpu.cfs_quota_us', text: '100000' },
    { folder: '/sys/fs/cgroup', file: 'cpu.max', text: '100000 100000' },
  ];
  return kinds.find(({ folder, file }) => {
    const trial = join(folder, `two-layer-net-trial-${process.pid}`);
    try {
      mkdirSync(trial);
      try {
        accessSync(join(trial, file), constants.W_OK);
        return true;
      } finally {
        rmdirSync(trial);
      }
    } catch {
      return false;
    }
  });
}

const place = process.platform === 'linux' && many ? quotaFile() : undefined;
const noQuota = place ? undefined : many ? 'no cgroup can be made here' : 'one processor';

it.skipIf(noQuota !== undefined)(
  `a process in a cgroup with a quota of one processor takes one thread${noQuota ? ` (skipped: ${noQuota})` : ''}`,
  () => {
    const { folder = '', file = '', text = '' } = place ?? {};
    const group = join(folder, `two-layer-net-test-${process.pid}`);
    mkdirSync(group);
    try {
      writeFileSync(join(group, file), text);
      const enter = `echo $$ > '${join(group, 'cgroup.procs')}' && exec "$@"`;
      expect(countIn('sh', ['-c', enter, 'sh'])).toBe(1);
    } finally {
      rmdirSync(group);
    }
  },
);

describe('the affinity on Linux', () => {
  const status = (list: string) => ({
    '/proc/self/status': `Name:\tnode\nCpus_allowed_list:\t${list}\nMems_allowed_list:\t0\n`,
  });

  it.each([
    ['0', 1],
    ['0-63', 64],
    ['0-3,8,10-11', 7],
  ])('%s is %i', (list, count) => {
    const root = rootWith(status(list));
    expect(usableProcessors({ root, platform: 'linux' })).toMatchObject({ count, available: count });
  });

  it('is what a quota is rounded up against, not what a newer Node has rounded down already', () => {
    const root = rootWith({ ...version2('/', { '/': '150000 100000' }), ...status('0-63') });
    const reason = "a cgroup's quota of 1.5 of 64 processors";
    expect(usableProcessors({ root, platform: 'linux' })).toEqual({ count: 2, available: 64, quota: 1.5, reason });
  });

  it("is Node's number where the kernel does not tell", () => {
    const root = rootWith({});
    expect(usableProcessors({ root, platform: 'linux' }).available).toBe(availableParallelism());
  });
});

describe('processors that are allowed but not there', () => {
  const status = (list: string) => ({ '/proc/self/status': `Name:\tnode\nCpus_allowed_list:\t${list}\n` });
  it.each([
    ['0-127', '0-1', 2],
    ['0-127', '0,3-4', 3],
    ['4-9', '0-5', 2],
    ['0-3', '0-127', 4],
    ['8-9', '0-1', 2],
  ])('an affinity of %s with %s online is %i', (allowed, online, count) => {
    const root = rootWith({ ...status(allowed), '/sys/devices/system/cpu/online': `${online}\n` });
    expect(usableProcessors({ root, platform: 'linux' }).available).toBe(count);
  });
});
