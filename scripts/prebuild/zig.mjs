// The compiler for the Linux targets: zig from PyPI, in a separate virtual environment.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, run, say, WORK, works } from './process.mjs';

export const ZIG_VERSION = '0.15.2';

/** SHA-256 of PyPI's file for Linux on x86-64, so that published addons are built with exactly this compiler. */
const WHEEL = '806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130';

let program;

/** The path of zig, which is installed the first time. */
export function zig() {
  program ??= process.env.ZIG ? givenZig(process.env.ZIG) : installedZig();
  return program;
}

function givenZig(file) {
  const version = run(file, ['version']).trim();
  if (version !== ZIG_VERSION) throw new Failure(`ZIG: expected zig ${ZIG_VERSION} but ${file} is ${version}`);
  return file;
}

function installedZig() {
  const environment = join(WORK, 'zig');
  const python = join(environment, 'bin', 'python');
  const ask = ['-c', 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))'];
  if (!existsSync(python) || !works(python, ask)) {
    say(`installing zig ${ZIG_VERSION} from PyPI…`);
    run('python3', ['-m', 'venv', environment]);
    const wanted = join(environment, 'requirements.txt');
    writeFileSync(wanted, `ziglang==${ZIG_VERSION} --hash=sha256:${WHEEL}\n`);
    run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--require-hashes',
      '--only-binary=:all:',
      '--requirement',
      wanted,
    ]);
  }
  return run(python, ask).trim();
}

/**
 * Writes scripts that run zig as `cc`, `c++`, `ar` and `ranlib` for one target, for Makefiles and CMake to call.
 */
export function zigTools(target) {
  const folder = join(WORK, 'tools', target.zig);
  mkdirSync(folder, { recursive: true });
  const tool = (name, words, translated = '') => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${translated}exec "${zig()}" ${words} "$@"\n`);
    chmodSync(file, 0o755);
    return file;
  };
  // zig spells processors with underscores and does not accept versions of the ARM architecture. By default it would
  // also trap on undefined behaviour, which the C code of OpenBLAS has.
  const translated = `for word do
  shift
  case $word in
    -march=armv8-a) word= ;;
    -march=armv8.*) word=-mcpu=generic+v$(echo "\${word#-march=armv}" | sed 's/-a.*//; s/\\./_/')a ;;
    -mtune=*) word= ;;
    -march=*) word=-march=$(echo "\${word#-march=}" | tr - _) ;;
  esac
  [ -z "$word" ] || set -- "$@" "$word"
done
`;
  const compile = (mode) => `${mode} -target ${target.zig} -fno-sanitize=undefined`;
  return {
    cc: tool('cc', compile('cc'), translated),
    cxx: tool('c++', compile('c++'), translated),
    ar: tool('ar', 'ar'),
    ranlib: tool('ranlib', 'ranlib'),
  };
}
