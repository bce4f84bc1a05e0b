// A user's package outside this repository, with the tarball installed, and the programs that run in it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, ROOT } from '../prebuild/process.mjs';
import { expect } from './checks.mjs';

const PROGRAMS = join(ROOT, 'scripts', 'release', 'programs');

/** Environment variables that must not reach a user's program, because they configure these checks. */
const OURS = /^(npm_|TWO_LAYER_NET_|NODE_OPTIONS$|NODE_PATH$|INIT_CWD$|CXX$|CC$|LD_LIBRARY_PATH$)/;

/** An environment without any variable of this repository. */
export function cleanEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

/** A folder with a package.json and the files of programs/. */
export class UserPackage {
  /** @param manifest - more fields of package.json */
  constructor(name, manifest = {}) {
    // Paths of users have spaces and other characters.
    this.home = mkdtempSync(join(tmpdir(), `two-layer-net ${name} ä—`));
    this.folder = join(this.home, 'my app');
    cpSync(PROGRAMS, this.folder, { recursive: true });
    this.write('package.json', JSON.stringify({ name: 'my-app', version: '1.0.0', private: true, ...manifest }));
  }

  write(name, text) {
    writeFileSync(join(this.folder, name), text);
  }

  read(name) {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /**
   * Runs a command in the folder.
   *
   * @throws Failure with the output if it fails
   */
  run([program, ...args], { env = {}, ...options } = {}) {
    const result = this.try([program, ...args], { env, ...options });
    if (result.status === 0) return result;
    const why = result.error?.message ?? result.signal ?? `exit code ${result.status}`;
    throw new Failure(
      `${program} ${args.join(' ')} failed (${why}):\n${`${result.stdout}${result.stderr}`.slice(-3000)}`,
    );
  }

  /** Like {@link run}, but never throws. */
  try([program, ...args], { env = {}, ...options } = {}) {
    const settings = { cwd: this.folder, encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 600_000, ...options };
    return spawnSync(program, args, { ...settings, env: cleanEnvironment(env) });
  }

  /** Runs a program that prints an outcome (programs/outcome.mjs); checks that the prebuilt addon ran and learned. */
  outcome(command, options) {
    const found = JSON.parse(this.run(command, options).stdout.trim().split('\n').at(-1));
    expect(found.backend === 'native', `Expected the native backend but TypeScript ran: ${found.reasons.join('; ')}`);
    expect(/prebuilds[\\/]/.test(found.file), `Expected a prebuilt addon but ${found.file} was loaded`);
    expect(found.accuracy > 0.95, `Expected an accuracy above 0.95 but it is ${found.accuracy}`);
    return found;
  }

  remove() {
    rmSync(this.home, { recursive: true, force: true });
  }
}
