// Installs the tarball on a system with only Node and what every Debian has: no compiler, no Python, no BLAS. The
// system is a folder that debootstrap makes and chroot enters, so root is needed.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT, run, say, WORK, works } from '../prebuild/process.mjs';
import { expect, Skipped } from './checks.mjs';
import { nodeProgram, npmFolder } from './tools.mjs';

const SYSTEM = join(WORK, 'bare-system');
const NPM = 'node /opt/npm/bin/npm-cli.js';
const ABSENT = ['cc', 'gcc', 'g++', 'clang', 'make', 'cmake', 'python3', 'ld'];

/** Installs the package on a bare system and runs it; returns the doctor's summary. */
export function tryOnBareSystem(tarball) {
  makeSystem();
  const app = join(SYSTEM, 'root', 'app');
  rmSync(app, { recursive: true, force: true });
  cpSync(join(ROOT, 'scripts', 'release', 'programs'), app, { recursive: true });
  cpSync(tarball, join(app, basename(tarball)));
  const inside = (command) => {
    const variables = [
      'PATH=/opt/node/bin:/usr/bin:/bin',
      'HOME=/root',
      'LANG=C.UTF-8',
      'NODE_EXTRA_CA_CERTS=/certificates.pem',
    ];
    return run('chroot', [SYSTEM, '/usr/bin/env', '-i', ...variables, 'sh', '-c', `cd /root/app && ${command}`]);
  };
  const tools = inside(
    `for tool in ${ABSENT.join(' ')}; do command -v $tool || true; done; ldconfig -p | grep -i blas || true`,
  );
  expect(tools.trim() === '', `Expected a bare system but it has ${tools}`);
  inside(`${NPM} init --yes && ${NPM} install --ignore-scripts --no-audit --no-fund ./${basename(tarball)}`);
  const found = JSON.parse(inside('node train.mjs'));
  expect(found.backend === 'native', `Expected the native backend but TypeScript ran: ${found.reasons.join('; ')}`);
  const { verdict, system } = JSON.parse(inside(`${NPM} exec --no -- two-layer-net doctor --json - 2>/dev/null`));
  expect(verdict.ok, JSON.stringify(verdict));
  return `Node ${system.node}, ${system.libc} ${system.libcVersion}: ${verdict.summary}`;
}

function makeSystem() {
  if (process.getuid?.() !== 0) throw new Skipped('chroot needs root');
  if (!works('debootstrap')) throw new Skipped("debootstrap is not installed (Debian's package debootstrap)");
  if (!existsSync(join(SYSTEM, 'opt', 'node', 'bin'))) {
    say('installing a bare Debian (about a minute)…');
    rmSync(SYSTEM, { recursive: true, force: true });
    const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
    run('debootstrap', ['--variant=minbase', release, SYSTEM]);
    mkdirSync(join(SYSTEM, 'opt'), { recursive: true });
    cpSync(npmFolder(), join(SYSTEM, 'opt', 'npm'), { recursive: true });
    cpSync(dirname(dirname(nodeProgram('node22'))), join(SYSTEM, 'opt', 'node'), { recursive: true });
  }
  // Access to the npm registry, as configured on this machine.
  cpSync('/etc/resolv.conf', join(SYSTEM, 'etc', 'resolv.conf'), { dereference: true });
  const certificates = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(certificates)) cpSync(certificates, join(SYSTEM, 'certificates.pem'), { dereference: true });
}
