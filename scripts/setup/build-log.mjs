// Reads what cmake-js, CMake and the compiler wrote: what was chosen, or what failed.
import { ROOT } from './run.mjs';

/** How CMake and cmake-js say that there is no compiler. */
const NO_COMPILER = [
  'No CMAKE_CXX_COMPILER could be found',
  'is not a full path to an existing compiler',
  'is not able to compile a simple test program',
  'There is no Visual C++ compiler',
  'could not find any instance of Visual Studio',
];

/** The lines that tell which BLAS and which kernels the addon was built with. */
export function choices(log) {
  return [...log.matchAll(/^-- ((?:BLAS|Own kernels): .*)$/gm)].map((match) => match[1]);
}

/** What failed, in a line or two. */
export function whatFailed(log) {
  // CMake breaks its paragraphs into lines and doubles the space after a sentence.
  const problems = [...log.matchAll(/^CMake Error[^\n]*:\n+((?: +[^\n]+\n)+)/gm)].map((match) =>
    match[1].trim().replace(/\s+/g, ' '),
  );
  const noBlas = problems.find((problem) => problem.startsWith('No BLAS: '));
  if (noBlas) return noBlas;
  if (/CMake is not installed|CMake executable is not found/.test(log)) return 'CMake was not found.';
  if (NO_COMPILER.some((words) => log.includes(words))) return 'no C++ compiler that works was found.';
  const place = log.split(`${ROOT}/`).join('');
  const compiler = /^.*(?::\d+(?::\d+)?|\(\d+(?:,\d+)?\)): (?:fatal )?error\b.*$/m.exec(place);
  if (compiler) return `a compiler error: ${compiler[0].trim()}`;
  const linker = /^.*(?:undefined reference to|cannot find -l|Undefined symbols|error LNK\d+|\bld: ).*$/m.exec(place);
  if (linker) return `an error of the linker: ${linker[0].trim()}`;
  return problems[0] ? `CMake says: ${problems[0]}` : 'cmake-js failed.';
}
