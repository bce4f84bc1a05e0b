import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();
const clone = join(scratch, 'clone');
const LOG = join('build', 'native-build.log');
const FAILURE = join('build', 'native-build-failed.txt');

/** The path of a program; undefined if it is not on the PATH. */
function find(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

const onWindows = process.platform === 'win32' ? 'on Windows the toolchain is not on the PATH' : undefined;
const lacking = ['c++', 'cmake', 'make'].filter((program) => !find(program));
const noToolchain = onWindows ?? (lacking.length > 0 ? `no ${lacking.join(', ')}` : undefined);

/** A suite that is skipped for the reason `why`, which its title then shows. */
function describeUnless(why: string | undefined, title: string, tests: () => void): void {
  describe.skipIf(why !== undefined)(why ? `${title} (skipped: ${why})` : title, tests);
}

// A copy of the files that the build of the addon reads, so that the checkout's own build is not touched.
beforeAll(() => {
  for (const path of ['scripts', 'cmake', 'native', 'CMakeLists.txt', 'package.json']) {
    cpSync(path, join(clone, path), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
});

/** Runs scripts/setup.mjs in the copy. */
function setup(args: string[], variables: NodeJS.ProcessEnv = {}): { status: number | null; words: string } {
  const { BLA_VENDOR: _, CI: __, ...kept } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'scripts', 'setup.mjs'), ...args], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...kept, ...variables },
  });
  return { status, words: stdout + stderr };
}

const build = (args: string[] = [], variables?: NodeJS.ProcessEnv) =>
  setup(['--native-only', '--force', ...args], variables);

/** An environment without any program on the PATH. */
const NO_TOOLS = { PATH: mkdtempSync(join(scratch, 'path-')), CXX: '' };

/** Replaces CMakeLists.txt of the copy by one that builds the addon from this code. */
function writeProject(code: string, more = ''): void {
  const lines = [
    'cmake_minimum_required(VERSION 3.18)',
    'project(two_layer_net LANGUAGES CXX)',
    more,
    'add_library(two_layer_net SHARED code.cpp)',
    'set_target_properties(two_layer_net PROPERTIES PREFIX "" SUFFIX ".node")',
  ];
  writeFileSync(join(clone, 'CMakeLists.txt'), lines.join('\n'));
  writeFileSync(join(clone, 'code.cpp'), code);
}

const INSTALL = /sudo \S+ .*|brew install .*|install a C\+\+ compiler/;

it('reports an unknown option', () => {
  const { status, words } = setup(['--fast']);
  expect(words).toBe('[setup] expected --packages-only, --native-only, --force or -DNAME=VALUE but received --fast\n');
  expect(status).toBe(1);
});

describeUnless(onWindows, 'if tools are missing', () => {
  it('it lists them with the command that installs them', () => {
    const { status, words } = build([], NO_TOOLS);
    expect(words).toMatch(/^\[setup\] not found: a C\+\+ compiler, CMake, make or Ninja\. To install, run: {2}\S.*\n$/);
    expect(words).toMatch(INSTALL);
    expect(status).toBe(1);
  });

  it('it names the package of the requested BLAS', () => {
    const { words } = build(['-DBLA_VENDOR=FLAME'], NO_TOOLS);
    if (existsSync('/etc/debian_version')) expect(words).toContain('libblis-dev');
    expect(words).not.toContain('openblas');
  });

  it('it continues with the TypeScript backend unless the addon is required, and does not try again', () => {
    mkdirSync(join(clone, 'dist'), { recursive: true });
    writeFileSync(join(clone, 'dist', '.built'), '');
    const first = setup([], NO_TOOLS);
    expect(first.words).toContain('continuing with the TypeScript backend');
    expect(first.status).toBe(0);
    expect(setup([], NO_TOOLS).words).toContain('the last build of the native addon failed');
    rmSync(join(clone, FAILURE));
  });
});

describeUnless(noToolchain, 'the build of the addon', () => {
  it('reports which BLAS was not found and where the log is, without a stack trace', () => {
    const { status, words } = build(['-DBLA_VENDOR=NoSuchBlas']);
    const lines = words.trimEnd().split('\n').slice(-3);
    expect(lines[0]).toMatch(/^\[setup\] could not build the addon: No BLAS: BLA_VENDOR=NoSuchBlas: .*FLAME \(BLIS\)/);
    expect(lines[1]).toMatch(INSTALL);
    expect(lines[2]).toBe(`[setup] Full log: ${LOG}`);
    expect(words).not.toMatch(/^ +at |OMG|npm ERR/m);
    expect(readFileSync(join(clone, LOG), 'utf8')).toContain('NoSuchBlas');
    expect(status).toBe(1);
  });

  it('names the libraries of a vendor, and the package that has them', () => {
    const { status, words } = build(['-DBLA_VENDOR=FLAME', '-DBLAS_blis_LIBRARY=/no/such/libblis.so']);
    expect(words).toContain('No BLAS: BLA_VENDOR=FLAME requests libblis: not found.\n');
    if (existsSync('/etc/debian_version')) expect(words).toMatch(/, run: {2}sudo apt-get install .*libblis-dev\n/);
    expect(status).toBe(1);
  });

  it('rejects a BLAS without the C interface', () => {
    const library = join(scratch, 'libblas.so');
    const args = ['-shared', '-fPIC', '-x', 'c++', '-', '-o', library];
    expect(spawnSync('c++', args, { input: 'extern "C" void sgemm_() {}' }).status).toBe(0);
    const { status, words } = build(['-DBLA_VENDOR=Generic', `-DBLAS_blas_LIBRARY=${library}`]);
    expect(words).toMatch(/No BLAS: .*(lacks the C interface|but not its header cblas\.h)/);
    expect(status).toBe(1);
  });

  it('rejects a BLAS with 64-bit integers', () => {
    const { status, words } = build(['-DBLA_VENDOR=Intel10_64ilp']);
    expect(words).toContain('No BLAS: BLA_VENDOR=Intel10_64ilp uses 64-bit integers');
    expect(status).toBe(1);
  });

  it('passes definitions to CMake and shows what was chosen', () => {
    const message = (text: string) => `message(STATUS "${text}")`;
    const variable = (name: string) => `$\{${name}}`;
    const chosen = message(`BLAS: ${variable('BLA_VENDOR')} of ${variable('SOME')}`);
    writeProject('int one() { return 1; }', `${chosen}\n${message('Other: x')}`);
    const { status, words } = build(['-DBLA_VENDOR=FLAME', '-DSOME=two words']);
    expect(words).toContain('[setup] BLAS: FLAME of two words\n');
    expect(words).not.toContain('Other');
    expect(existsSync(join(clone, 'build', 'Release', 'two_layer_net.node'))).toBe(true);
    expect(status).toBe(0);
  });

  it('shows the first compiler error, and removes the addon of older sources', () => {
    writeProject('int one() { return two; }\nint three() { return four; }');
    const { status, words } = build(['-DSOME=thing']);
    expect(words).toMatch(/could not build the addon: compiler error: code\.cpp:1:\d+: error: .*two/);
    expect(words).not.toContain('four');
    expect(existsSync(join(clone, 'build', 'Release', 'two_layer_net.node'))).toBe(false);
    expect(status).toBe(1);
  });

  it('shows a linker error', () => {
    writeProject('int one() { return 1; }', 'link_libraries(no-such-library-anywhere)');
    const { status, words } = build(['-DSOME=thing']);
    expect(words).toMatch(/could not build the addon: linker error: .*no-such-library-anywhere/);
    expect(status).toBe(1);
  });

  it('shows an error of CMake', () => {
    writeProject('', 'find_package(NoSuchPackage REQUIRED)');
    const { status, words } = build(['-DSOME=thing']);
    expect(words).toContain('could not build the addon: CMake says: ');
    expect(words).toContain('NoSuchPackage');
    expect(status).toBe(1);
  });

  it('reports a compiler that does not work', () => {
    writeProject('');
    const { status, words } = build(['-DSOME=thing', '-DCMAKE_CXX_COMPILER=/no/such/compiler']);
    expect(words).toContain('could not build the addon: no working C++ compiler was found.');
    expect(status).toBe(1);
  });
});
