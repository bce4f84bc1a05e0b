// The compiler of the Linux targets: zig, from PyPI, in a virtual environment of its own.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say, WORK, works } from './process.mjs';

export const ZIG_VERSION = '0.15.2';

let program;

/** The path of zig; installs it the first time. */
export function zig() {
  program ??= process.env.ZIG || installedZig();
  return program;
}

function installedZig() {
  const environment = join(WORK, 'zig');
  const python = join(environment, 'bin', 'python');
  const ask = ['-c', 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))'];
  if (!existsSync(python) || !works(python, ask)) {
    say(`installing zig ${ZIG_VERSION} from PyPI…`);
    run('python3', ['-m', 'venv', environment]);
    run(python, ['-m', 'pip', 'install', '--quiet', `ziglang==${ZIG_VERSION}`]);
  }
  return run(python, ask).trim();
}

/**
 * Programs that behave as the compilers and the archiver of one target, which Makefiles and CMake know how to call:
 * `cc`, `c++`, `ar`, `ranlib`, `strip`.
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
  // zig writes names of processors with underscores, and takes a version of ARM's architecture for a processor. It would
  // trap on undefined behaviour in C that others wrote, unless told not to.
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
