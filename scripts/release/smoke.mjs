// Uses a tarball as users would, in folders outside this repository: with every package manager, every version of Node
// and every way to load it, and with a damaged addon.
import { copyFileSync, cpSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT, works } from '../prebuild/process.mjs';
import { expect, Skipped } from './checks.mjs';
import { UserPackage } from './installed.mjs';
import { MANAGERS, NODES, nodeProgram, npmProgram } from './tools.mjs';

const NODE = process.execPath;

/** Runs all checks. `quick` skips other package managers and versions of Node, which are large downloads. */
export async function smoke(checks, tarball, { quick = false } = {}) {
  const user = new UserPackage('npm');
  try {
    let first;
    await checks.check('npm installs it, without scripts', () => {
      first = installWithNpm(user, tarball);
      return `${relative(user.folder, first.file)}, accuracy ${first.accuracy}`;
    });
    if (!first) return;
    await programs(checks, user, first);
    if (!quick) await nodes(checks, user, first);
    if (!quick) await neighbours(checks, user, first);
    await surroundings(checks, user, first);
    await types(checks, user);
    await commands(checks, user);
    await bundles(checks, user, first);
    await damages(checks, user, first);
  } finally {
    user.remove();
  }
  if (!quick) await managers(checks, tarball);
}

function installWithNpm(user, tarball) {
  user.run([...npmProgram(), 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball]);
  return user.outcome([NODE, 'train.mjs']);
}

function sameBits(found, first) {
  expect(found.weights === first.weights, `Expected the weights ${first.weights} but they are ${found.weights}`);
  return `${found.node}, the same bits`;
}

async function programs(checks, user, first) {
  for (const program of ['require.cjs', 'workers.mjs']) {
    await checks.check(`programs/${program}`, () => {
      const command = [NODE, ...requireFlags(program), program];
      return sameBits(user.outcome(command), first);
    });
  }
}

/** Node 20.19 and 22.12 can require ES modules, but warn that this is experimental. */
function requireFlags(program) {
  return program.endsWith('.cjs') ? ['--disable-warning=ExperimentalWarning'] : [];
}

async function nodes(checks, user, first) {
  for (const name of NODES) {
    for (const program of ['train.mjs', 'require.cjs', 'workers.mjs']) {
      await checks.check(`${program} on ${name}`, () => {
        return sameBits(user.outcome([nodeProgram(name), ...requireFlags(program), program]), first);
      });
    }
  }
}

/** Another library with matrix products in the process, and another OpenBLAS with the same symbols as ours. */
async function neighbours(checks, user, first) {
  await checks.check('beside ONNX Runtime in one process', () => {
    user.run([...npmProgram(), 'install', '--ignore-scripts', '--no-audit', '--no-fund', 'onnxruntime-node@1']);
    return sameBits(user.outcome([NODE, 'neighbours.mjs']), first);
  });
  await checks.check('with another OpenBLAS loaded first', () => {
    const other = '/usr/lib/x86_64-linux-gnu/libopenblas.so.0';
    if (!works('test', ['-e', other])) throw new Skipped(`${other} does not exist`);
    const env = { LD_PRELOAD: other, OPENBLAS_NUM_THREADS: '3' };
    return sameBits(user.outcome([NODE, 'train.mjs'], { env }), first);
  });
}

async function surroundings(checks, user, first) {
  const isolated = (...unshare) => {
    if (!works('unshare', [...unshare, 'true'])) throw new Skipped('unshare is not permitted here');
    return ['unshare', ...unshare];
  };
  await checks.check('without a network', () =>
    sameBits(user.outcome([...isolated('--net'), NODE, 'train.mjs']), first),
  );
  await checks.check('with read-only node_modules', () => {
    const script = [
      'mount --bind -o ro node_modules node_modules',
      'mount -o remount,bind,ro node_modules',
      '! touch node_modules/x 2>/dev/null',
      'exec "$0" train.mjs',
    ].join(' && ');
    return sameBits(user.outcome([...isolated('--mount'), 'sh', '-c', script, NODE]), first);
  });
}

async function types(checks, user) {
  const settings = { strict: true, noEmit: true, target: 'es2022', types: ['node'], skipLibCheck: false };
  const typeRoots = [join(ROOT, 'node_modules', '@types')];
  const kinds = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' };
  for (const [moduleResolution, module] of Object.entries(kinds)) {
    await checks.check(`types under moduleResolution ${moduleResolution}`, () => {
      const compilerOptions = { ...settings, typeRoots, module, moduleResolution };
      user.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['types.mts'] }));
      user.run([NODE, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
    });
  }
}

async function commands(checks, user) {
  const npx = (...words) => user.run([...npmProgram(), 'exec', '--no', '--', 'two-layer-net', ...words]);
  await checks.check('npx two-layer-net --version', () => npx('--version').stdout.trim());
  await checks.check('npx two-layer-net data, train, evaluate', () => {
    npx('data', 'synthetic', 'shapes');
    npx('train', '--data', 'shapes', '--iterations', '50', '--save', 'model.safetensors');
    return npx('evaluate', 'model.safetensors', '--data', 'shapes').stdout.trim().split('\n')[0];
  });
  await checks.check('npx two-layer-net doctor', () => {
    const found = JSON.parse(npx('doctor', '--json', '-').stdout);
    expect(found.verdict.ok && found.selfTest, JSON.stringify(found.verdict));
    return found.verdict.summary;
  });
}

/** Bundles of a program with the package inside, and with the package external. */
async function bundles(checks, user, first) {
  const platform = `${process.platform}-${process.arch}`;
  const prebuilds = join(user.folder, 'node_modules', 'two-layer-net', 'prebuilds', platform);
  for (const format of ['esm', 'cjs']) {
    const extension = format === 'esm' ? 'mjs' : 'cjs';
    for (const external of [true, false]) {
      const title = external ? 'with the package external' : 'with the package inside, next to prebuilds/';
      await checks.check(`bundled by esbuild as ${format}, ${title}`, async () => {
        const elsewhere = new UserPackage('bundle');
        const outfile = join(external ? user.folder : elsewhere.folder, `bundled.${extension}`);
        const input = { bundle: true, platform: 'node', format, outfile, logLevel: 'error' };
        const leftOut = external ? ['two-layer-net'] : ['@resvg/resvg-js', 'sharp'];
        const entry = await entryFor(user, format);
        await build({
          ...input,
          entryPoints: [entry],
          external: leftOut,
          logOverride: { 'empty-import-meta': 'silent' },
        });
        try {
          if (!external) cpSync(prebuilds, join(elsewhere.folder, 'prebuilds', platform), { recursive: true });
          return sameBits((external ? user : elsewhere).outcome([NODE, outfile]), first);
        } finally {
          elsewhere.remove();
        }
      });
    }
  }
}

/** CommonJS has no top-level `await`. */
async function entryFor(user, format) {
  const text = user.read('train.mjs');
  const [imports, statement] = [text.slice(0, text.indexOf('process.')), text.slice(text.indexOf('process.'))];
  const name = `entry-${format}.mjs`;
  user.write(name, format === 'esm' ? text : `${imports}(async () => {${statement}})();\n`);
  return join(user.folder, name);
}

/**
 * A missing or damaged addon, and with it a missing WebAssembly module: the next backend must run, after one warning
 * that says why and what to do.
 */
async function damages(checks, user, first) {
  const folder = dirname(first.file);
  const modules = join(user.folder, 'node_modules', 'two-layer-net', 'wasm');
  const damage = {
    'the addon is missing': ['wasm', () => rmSync(folder, { recursive: true })],
    'the addon is truncated': ['wasm', () => truncateSync(first.file, 500_000)],
    'the addon is not a library': ['wasm', () => writeFileSync(first.file, 'not an addon')],
    'the addon and the modules are missing': [
      'js',
      () => {
        rmSync(folder, { recursive: true });
        rmSync(modules, { recursive: true });
      },
    ],
  };
  for (const [title, [backend, apply]] of Object.entries(damage)) {
    await checks.check(`falls back to ${backend} if ${title}`, () => {
      const undo = [folder, modules].map((each, i) => keep(each, join(user.home, `kept-${i}`)));
      apply();
      try {
        return fellBack(user, backend);
      } finally {
        for (const restore of undo) restore();
      }
    });
  }
}

/** Copies a folder. Returns what puts the copy in its place again. */
function keep(folder, copy) {
  cpSync(folder, copy, { recursive: true });
  return () => {
    mkdirSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
  };
}

function fellBack(user, backend) {
  const { stdout, stderr } = user.run([NODE, 'train.mjs']);
  const found = JSON.parse(stdout);
  expect(
    found.backend === backend && found.accuracy > 0.95,
    `Expected the backend ${backend} but the program printed ${stdout}`,
  );
  const warnings = stderr.match(/TWO_LAYER_NET_FALLBACK/g) ?? [];
  expect(warnings.length === 1, `Expected one warning but there are ${warnings.length}: ${stderr}`);
  return stderr.split('\n')[0].replaceAll(user.folder, '…').slice(0, 300);
}

/** The other package managers, each in its own folder. */
async function managers(checks, tarball) {
  const ways = {
    pnpm: (run, file) => run('add', '--ignore-scripts', file),
    yarn1: (run, file) => run('add', '--ignore-scripts', '--no-lockfile', file),
    yarn4: (run, file) => run('add', `two-layer-net@file:${file}`),
    bun: (run, file) => run('add', '--ignore-scripts', file),
  };
  for (const [name, install] of Object.entries(ways)) {
    await checks.check(`${name} installs it, and it runs`, () => {
      const user = new UserPackage(name, name === 'yarn4' ? { packageManager: undefined } : {});
      try {
        copyFileSync(tarball, join(user.home, basename(tarball)));
        // Its own cache and lock file, not this machine's.
        const env = {
          YARN_ENABLE_GLOBAL_CACHE: '0',
          YARN_ENABLE_SCRIPTS: '0',
          YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
          HOME: user.home,
        };
        if (name === 'yarn4') user.write('yarn.lock', '');
        const manager = MANAGERS[name]();
        const run = (...words) => user.run([...manager, ...words], { env });
        install(run, join('..', basename(tarball)));
        const start = name === 'yarn4' ? [...manager, 'node', 'train.mjs'] : [NODE, 'train.mjs'];
        const found = user.outcome(start, { env });
        if (name !== 'bun') return relative(user.folder, found.file);
        const byBun = user.outcome([...manager, 'train.mjs'], { env });
        return `${relative(user.folder, found.file)}; also run by bun itself: ${sameBits(byBun, found)}`;
      } finally {
        user.remove();
      }
    });
  }
}
