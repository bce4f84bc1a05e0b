// Reads the output of cmake-js, CMake and the compiler: what was chosen, or what failed.
import { ROOT } from './run.mjs';

/** Messages of CMake and cmake-js for a missing compiler. */
const NO_COMPILER = [
  'No CMAKE_CXX_COMPILER could be found',
  'is not a full path to an existing compiler',
  'is not able to compile a simple test program',
  'There is no Visual C++ compiler',
  'could not find any instance of Visual Studio',
];

/** The lines that name the BLAS and the SIMD kernels of the addon. */
export function choices(log) {
  return [...log.matchAll(/^-- ((?:BLAS|SIMD kernels): .*)$/gm)].map((match) => match[1]);
}

/** Says in a line or two what failed. */
export function whatFailed(log) {
  // CMake wraps its paragraphs and puts two spaces after a sentence.
  const problems = [...log.matchAll(/^CMake Error[^\n]*:\n+((?: +[^\n]+\n)+)/gm)].map((match) =>
    match[1].trim().replace(/\s+/g, ' '),
  );
  const noBlas = problems.find((problem) => problem.startsWith('No BLAS: '));
  if (noBlas) return noBlas;
  if (/CMake is not installed|CMake executable is not found/.test(log)) return 'CMake was not found.';
  if (NO_COMPILER.some((words) => log.includes(words))) return 'no working C++ compiler was found.';
  const text = log.split(`${ROOT}/`).join('');
  const compiler = /^.*(?::\d+(?::\d+)?|\(\d+(?:,\d+)?\)): (?:fatal )?error\b.*$/m.exec(text);
  if (compiler) return `compiler error: ${compiler[0].trim()}`;
  const linker = /^.*(?:undefined reference to|cannot find -l|Undefined symbols|error LNK\d+|\bld: ).*$/m.exec(text);
  if (linker) return `linker error: ${linker[0].trim()}`;
  return problems[0] ? `CMake says: ${problems[0]}` : 'cmake-js failed.';
}
