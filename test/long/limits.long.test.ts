/** Limits of the system, and parts of it that are missing: everything works, or ends in an error with a code. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MAIN } from '../support/run-cli.js';
import { freshFolder } from '../support/temporary-folder.js';

const PROGRAM = fileURLToPath(new URL('programs/limited.mjs', import.meta.url));
const STEPS = ['loadDataset', 'train', 'trainSync', 'predict', 'predictAsync', 'saveModel', 'loadModel', 'sweep'];
const MIB = 2 ** 20;

const inFolder = freshFolder();
const isRoot = process.getuid?.() === 0;
const works = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const canLimit = process.platform === 'linux' && works('prlimit', '--version');
const canUnshare = works('unshare', '-m', 'mount', '-t', 'tmpfs', 'none', '/mnt');

/**
 * Runs the program; when it is ready, `limit` is called with its process id, and it sets limits of its `own`. Returns
 * how each step ended.
 */
async function under(limit: (pid: number) => void, own: string[] = [], uid?: number): Promise<Record<string, string>> {
  const child = spawn(process.execPath, [PROGRAM, inFolder()], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const ended: Record<string, string> = {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') {
      limit(child.pid as number);
      child.stdin.end(JSON.stringify(own));
      return;
    }
    const [step, ...code] = line.split(' ');
    ended[step] = code.join(' ');
  });
  const how = await new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  expect(how, JSON.stringify(ended)).toEqual({ code: 0, signal: null });
  expect(Object.keys(ended)).toEqual(STEPS);
  return ended;
}

const limitTo = (pid: number, ...limits: string[]) =>
  expect(spawnSync('prlimit', [`--pid=${pid}`, ...limits]).status).toBe(0);

/** Bytes of address space of a process. */
const addressSpace = (pid: number) => Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[0]) * 4096;

const onlyCodes = (ended: Record<string, string>) => {
  for (const [step, code] of Object.entries(ended)) expect(code, step).toMatch(/^(done|ERR_[A-Z_]+)$/);
};

describe.skipIf(!canLimit)('limits of a process (skipped without prlimit)', () => {
  test('no new threads: everything works on those there are, or says so', async () => {
    chmodSync(inFolder(), 0o777);
    // The limit does not concern root.
    onlyCodes(await under(() => {}, ['--nproc=1:1'], isRoot ? 65_534 : undefined));
  });

  test('few descriptors: 2 more than are open, 1 more, none', async () => {
    for (const more of [2, 1, 0]) {
      const open = (pid: number) =>
        spawnSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' })
          .stdout.trim()
          .split('\n');
      const limit = (pid: number) => {
        const highest = Math.max(...open(pid).map(Number)) + 1 + more;
        limitTo(pid, `--nofile=${highest}:${highest}`);
      };
      const ended = await under(limit);
      onlyCodes(ended);
      expect([ended.train, ended.trainSync, ended.predict, ended.sweep]).toEqual(['done', 'done', 'done', 'done']);
    }
  });

  test('files of at most 4 KiB: a model that is larger is refused, and leaves nothing', async () => {
    const ended = await under((pid) => limitTo(pid, '--fsize=4096:4096'));
    onlyCodes(ended);
    expect(ended).toMatchObject({ train: 'done', saveModel: 'ERR_NOT_WRITABLE', loadModel: 'ERR_MODEL_FILE' });
    expect(spawnSync('ls', ['-A', inFolder()], { encoding: 'utf8' }).stdout).toBe('table.csv\n');
  });

  test('64 MiB more of address space: everything works', async () => {
    const ended = await under((pid) => limitTo(pid, `--as=${addressSpace(pid) + 64 * MIB}`));
    onlyCodes(ended);
  });
});

const CGROUP = '/sys/fs/cgroup/memory/two-layer-net-test';
const canGroup = (() => {
  try {
    mkdirSync(CGROUP);
    rmdirSync(CGROUP);
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!canGroup)('a memory cgroup of 256 MiB (skipped where none can be made)', async () => {
  mkdirSync(CGROUP);
  try {
    writeFileSync(`${CGROUP}/memory.limit_in_bytes`, String(256 * MIB));
    const ended = await under((pid) => writeFileSync(`${CGROUP}/cgroup.procs`, String(pid)));
    expect(new Set(Object.values(ended))).toEqual(new Set(['done']));
  } finally {
    rmdirSync(CGROUP);
  }
});

/** Runs the command line in a mount namespace of its own, prepared by a script. */
function cliWith(script: string, args: string[], env: Record<string, string> = {}) {
  const command = ['-m', 'sh', '-c', `${script} && exec "$0" "$@"`, process.execPath, MAIN, ...args];
  const { status, signal, stderr } = spawnSync('unshare', command, {
    cwd: inFolder(),
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, signal, stderr };
}

const TRAIN = ['train', '--iterations', '20', '--hidden', '8', '--save', 'm.npz'];

describe.skipIf(!canUnshare)('parts of the system that are missing (skipped without mount)', () => {
  test('no /proc', () => {
    expect(cliWith('umount -l /proc', TRAIN)).toMatchObject({ status: 0, signal: null });
    expect(cliWith('umount -l /proc', ['evaluate', 'm.npz'])).toMatchObject({ status: 0, signal: null });
  });

  test('a full folder for temporary files', () => {
    mkdirSync(inFolder('tmp'));
    const script = `mount -t tmpfs -o size=4k none tmp && head -c 4096 /dev/zero > tmp/full`;
    expect(cliWith(script, TRAIN, { TMPDIR: inFolder('tmp') })).toMatchObject({ status: 0, signal: null });
  });

  test('a full disk for the model: it is written elsewhere', () => {
    mkdirSync(inFolder('full'));
    const script = 'mount -t tmpfs -o size=4k none full';
    const { status, stderr } = cliWith(script, TRAIN.with(-1, 'full/m.npz'));
    expect(status).toBe(1);
    expect(stderr).toContain('ENOSPC');
    expect(stderr).toMatch(/Written instead, the model: \S+m\.rescued-[0-9a-f]{8}\.npz/);
  });

  test('a root that is read-only: training works, and a file there is refused before it', () => {
    const script = 'mount --make-rprivate / && mount -o remount,ro,bind /';
    expect(cliWith(script, TRAIN.slice(0, -2))).toMatchObject({ status: 0, signal: null });
    const { status, stderr } = cliWith(script, TRAIN.with(-1, '/m.npz'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot write \/m\.npz: the file system is read-only/);
    expect(stderr).not.toContain('iteration 0');
  });
});
