// Builds the WebAssembly modules of native/wasm/: `npm run build:wasm`. Needs zig (zig.mjs installs it) and
// Highway's sources. Objects are kept in build/wasm/, so that a second run compiles only what has changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, ROOT, run, runBeside, say } from './process.mjs';
import { unpackedSource } from './sources.mjs';
import { zig } from './zig.mjs';

/** Where the modules are, in a clone as in the package. */
export const MODULES = join(ROOT, 'wasm');

/** Each module and the instructions that it may use besides 128-bit SIMD and atomics. */
const KINDS = { simd: [], relaxed: ['relaxed_simd'] };

/** Of each module. A program loads one of them. */
const MAX_BYTES = 300 * 1024;

const FEATURES = ['simd128', 'atomics', 'bulk_memory', 'mutable_globals', 'nontrapping_fptoint', 'sign_ext'];

/** In pages of 64 KB: what 32-bit addresses reach, less one page. */
const MAX_MEMORY = 65535 * 65536;

/** Of native/engine/: what has a counterpart in native/wasm/, or is not needed. */
const LEFT_OUT = [
  /^blas\//,
  /^core\/(glibc_log|mapped_file|normal_stream|patience|processor|thread|work_queue)\.cpp$/,
  /^inference\/blas_inference\.cpp$/,
  /^simd\/bfloat16\/(?!bfloat16\.cpp|updates\.cpp)/,
  /^simd\/kernels\/none\.cpp$/,
  /^training\/(blas_step|make_step)\.cpp$/,
];

function sources() {
  const filesIn = (folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const engine = filesIn('native/engine').filter(
    (file) => file.endsWith('.cpp') && !LEFT_OUT.some((pattern) => pattern.test(file)),
  );
  const own = filesIn('native/wasm').filter((file) => file.endsWith('.cpp'));
  own.sort((a, b) => Number(b === 'memory.cpp') - Number(a === 'memory.cpp'));
  // First what has symbols of the C++ library, so that it is preferred.
  return [...own.map((file) => join('native/wasm', file)), ...engine.map((file) => join('native/engine', file))];
}

/** The files that an object was made from, as the compiler wrote them down, with the time of the newest. */
function newestOf(dependencies) {
  const files = readFileSync(dependencies, 'utf8')
    .replace(/^[^:]*:/, '')
    .replaceAll('\\\n', ' ')
    .trim()
    .split(/\s+/);
  return Math.max(...files.map((file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? Infinity));
}

function isCurrent(object, dependencies) {
  return existsSync(object) && existsSync(dependencies) && statSync(object).mtimeMs > newestOf(dependencies);
}

/** Compiles what has changed, on all cores, and returns the objects. */
async function compile(flags, folder) {
  const objects = sources().map((source) => {
    const name = join(folder, source.replaceAll('/', '-').replace(/\.cpp$/, ''));
    return { source, object: `${name}.o`, dependencies: `${name}.d` };
  });
  const stale = objects.filter(({ object, dependencies }) => !isCurrent(object, dependencies));
  const next = async () => {
    for (let job = stale.pop(); job; job = stale.pop()) {
      say(`compiling ${job.source}`);
      await runBeside(zig(), ['c++', ...flags, '-MMD', '-MF', job.dependencies, '-c', job.source, '-o', job.object]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
  return objects.map(({ object }) => object);
}

/** Builds one module. */
async function build(kind, highway) {
  const folder = join(ROOT, 'build', 'wasm', kind);
  mkdirSync(folder, { recursive: true });
  const target = ['-target', 'wasm32-wasi', `-mcpu=generic+${[...FEATURES, ...KINDS[kind]].join('+')}`];
  const flags = [
    ...target,
    // A third smaller than with -O2, and as fast: the kernels unroll their loops themselves.
    '-Os',
    '-std=c++20',
    '-fno-exceptions',
    '-fno-rtti',
    '-fno-threadsafe-statics',
    '-fno-math-errno',
    '-fno-trapping-math',
    '-ffp-contract=off',
    '-fno-sanitize=undefined',
    '-fvisibility=hidden',
    '-DNDEBUG',
    '-DHWY_STATIC_DEFINE',
    '-DHWY_COMPILE_ONLY_STATIC',
    '-DHWY_DISABLE_FUTEX',
    '-I.',
    '-isystem',
    highway,
  ];
  const objects = await compile(flags, folder);
  const file = join(MODULES, `two-layer-net-${kind}.wasm`);
  const exported = ['__stack_pointer', '__wasm_init_tls'].map((name) => `-Wl,--export=${name}`);
  const memory = ['--import-memory', '--shared-memory', `--max-memory=${MAX_MEMORY}`].map((word) => `-Wl,${word}`);
  const size = ['-Wl,--gc-sections', '-Wl,--strip-all', '-Wl,-z,stack-size=262144'];
  run(zig(), [
    'c++',
    ...target,
    '-O3',
    '-mexec-model=reactor',
    ...memory,
    ...exported,
    ...size,
    '-o',
    file,
    ...objects,
  ]);
  return file;
}

/** Builds both modules and returns what they are. */
export async function buildModules() {
  const highway = unpackedSource('highway');
  mkdirSync(MODULES, { recursive: true });
  const files = [];
  for (const kind of Object.keys(KINDS)) files.push(await build(kind, highway));
  const large = files.find((file) => statSync(file).size > MAX_BYTES);
  if (large) throw new Failure(`Expected at most ${MAX_BYTES} bytes but ${large} has ${statSync(large).size}`);
  return files.map((file) => `${basename(file)}: ${statSync(file).size} bytes`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    for (const words of await buildModules()) say(words);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
