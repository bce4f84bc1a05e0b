/** The package in tracers and bundlers, and in the places that programs are deployed to. */
import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE, PREBUILDS } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';
import {
  installInto,
  link,
  missing,
  noSpaces,
  outcome,
  run,
  SPACE,
  skipped,
  TOOLS,
  write,
} from './support/user-project.js';

const folder = sharedFolder();
const project = join(folder, 'project');
const ADDON = join(PREBUILDS, 'two-layer-net.node');
const INSTALLED = join('node_modules', 'two-layer-net');
const NODE = process.execPath;

const FILES = {
  'package.json': '{ "private": true }',
  'main.mjs': `
    import { mkdtempSync } from 'node:fs';
    import { join } from 'node:path';
    import { tmpdir } from 'node:os';
    import * as t from 'two-layer-net';
    import { exercise } from './exercise.cjs';
    exercise(t, mkdtempSync(join(tmpdir(), 'two-layer-net-'))).then((found) => console.log(JSON.stringify(found)));`,
  'main.cjs': `
    const { mkdtempSync } = require('node:fs');
    const { join } = require('node:path');
    const { tmpdir } = require('node:os');
    const t = require('two-layer-net');
    const { exercise } = require('./exercise.cjs');
    exercise(t, mkdtempSync(join(tmpdir(), 'two-layer-net-'))).then((found) => console.log(JSON.stringify(found)));`,
};

/** Copies the files that the tracer finds, as Next.js and Vercel do. */
const TRACE = `
  const { nodeFileTrace } = require('@vercel/nft');
  const { cpSync } = require('node:fs');
  const [entry, out] = process.argv.slice(2);
  nodeFileTrace([entry], { base: process.cwd() }).then(({ fileList }) => {
    for (const file of fileList) cpSync(file, out + '/' + file);
  });`;

const WEBPACK = `
  const [external, output] = process.argv.slice(2);
  const externals = external === 'inside' ? [/^(sharp|@resvg.*)$/] : [/^two-layer-net$/];
  require('webpack')({
    mode: 'production',
    optimization: { minimize: false },
    target: 'node20',
    entry: './main.mjs',
    output: { path: output, filename: 'bundle.mjs', module: true, chunkFormat: 'module' },
    experiments: { outputModule: true },
    externals,
    externalsType: 'module',
  }, (error, stats) => {
    if (error || stats.hasErrors()) throw error ?? new Error(stats.toString({ all: false, errors: true }));
  });`;

const ROLLUP = `
  import commonjs from '@rollup/plugin-commonjs';
  import { nodeResolve } from '@rollup/plugin-node-resolve';
  import { rollup } from 'rollup';
  const [where, output] = process.argv.slice(2);
  const external = where === 'inside' ? [/^(node:.*|sharp|@resvg.*)$/] : [/^(node:.*|two-layer-net)$/];
  const plugins = [nodeResolve(), commonjs()];
  const bundle = await rollup({ input: './main.mjs', external, plugins, logLevel: 'silent' });
  await bundle.write({ file: output + '/bundle.mjs', format: 'es', inlineDynamicImports: true });`;

const VITE = `
  import { build } from 'vite';
  const [where, outDir] = process.argv.slice(2);
  await build({
    logLevel: 'error',
    build: {
      ssr: './main.mjs',
      outDir,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'bundle.mjs' } },
    },
    ssr: where === 'inside' ? { noExternal: true, external: ['sharp', '@resvg/resvg-js'] } : {},
  });`;

const ESBUILD = `
  const [where, output] = process.argv.slice(2);
  const external = where === 'inside' ? ['sharp', '@resvg/*'] : ['two-layer-net'];
  require('esbuild').buildSync({
    entryPoints: ['./main.mjs'],
    outfile: output + '/bundle.mjs',
    bundle: true,
    format: 'esm',
    platform: 'node',
    external,
    logLevel: 'error',
  });`;

describe.skipIf(missing)(`the package in a program that is traced or bundled${skipped}`, () => {
  let first: Record<string, unknown>;
  beforeAll(() => {
    installInto(project);
    link(project, '@vercel/nft', 'webpack', 'rollup', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs');
    link(project, 'vite', 'esbuild');
    write(project, FILES);
    write(project, { 'trace.cjs': TRACE, 'webpack.cjs': WEBPACK, 'rollup.mjs': ROLLUP, 'vite.mjs': VITE });
    write(project, { 'esbuild.cjs': ESBUILD });
    first = { ...outcome(run(project, [NODE, 'main.mjs'])), addon: undefined };
    expect(first).toMatchObject({ backend: 'native', accuracy: true });
  });

  /** Runs what was built, away from the project. */
  function expectSame(place: string, command: readonly string[], addon: string, env?: NodeJS.ProcessEnv): void {
    const found = outcome(run(place, command, env));
    expect(found).toMatchObject({ addon });
    expect({ ...found, addon: undefined }).toEqual(first);
  }

  describe.each(['main.mjs', 'main.cjs'])('what @vercel/nft finds from %s', (entry) => {
    const copy = join(folder, `traced-${entry}`);
    beforeAll(() => void run(project, [NODE, 'trace.cjs', entry, copy]));

    it('is enough to run with the addon', () => {
      expectSame(copy, [NODE, entry], join(copy, INSTALLED, ADDON));
    });

    it('is told what to do if the addon is left out of it', () => {
      const hidden = join(folder, 'hidden');
      renameSync(join(copy, INSTALLED, 'prebuilds'), hidden);
      const ran = run(copy, [NODE, entry]);
      renameSync(hidden, join(copy, INSTALLED, 'prebuilds'));
      expect(outcome(ran).backend).not.toBe('native');
      expect(ran.stderr).toMatch(/TWO_LAYER_NET_FALLBACK.*outputFileTracingIncludes/);
    });
  });

  /** /var/task cannot be written, and HOME is not set. */
  it.skipIf(noSpaces)(`runs in the layout of AWS Lambda${noSpaces ? ` (skipped: ${noSpaces})` : ''}`, () => {
    const copy = join(folder, 'traced-main.mjs');
    const script = [
      'mount -t tmpfs tmpfs /var',
      'mkdir /var/task',
      `mount --bind "${copy}" /var/task`,
      'mount -o remount,bind,ro /var/task',
      'cd /var/task',
      '! touch x 2>/dev/null',
      'exec env -i "$0" main.mjs',
    ].join(' && ');
    expectSame(folder, [...SPACE, 'sh', '-c', script, NODE], join('/var/task', INSTALLED, ADDON));
  });

  describe.each([
    ['esbuild', 'esbuild.cjs'],
    ['Rollup', 'rollup.mjs'],
    ['webpack 5', 'webpack.cjs'],
    ['Vite SSR', 'vite.mjs'],
  ])('%s', (name, script) => {
    it('leaves the package outside of the bundle', () => {
      run(project, [NODE, script, 'external', project]);
      expectSame(project, [NODE, 'bundle.mjs'], join(project, INSTALLED, ADDON));
    });

    it('puts it inside, and finds its folders prebuilds/ and dist/report/assets/ beside the bundle', () => {
      const place = join(folder, name);
      run(project, [NODE, script, 'inside', place]);
      cpSync(join(project, INSTALLED, PREBUILDS), join(place, PREBUILDS), { recursive: true });
      const assets = join('dist', 'report', 'assets');
      cpSync(join(project, INSTALLED, assets), join(place, assets), { recursive: true });
      for (const dependency of ['yazl', 'yauzl', 'buffer-crc32', 'pend']) {
        cpSync(join(project, 'node_modules', dependency), join(place, 'node_modules', dependency), { recursive: true });
      }
      // Some bundlers write the code's first place into the bundle; where a program is deployed, nothing is there.
      renameSync(join(project, INSTALLED), join(folder, 'hidden'));
      try {
        expectSame(place, [NODE, 'bundle.mjs'], join(place, ADDON));
      } finally {
        renameSync(join(folder, 'hidden'), join(project, INSTALLED));
      }
    });
  });

  it('runs in a single executable, with the addon beside it', () => {
    const place = join(folder, 'single');
    mkdirSync(place);
    const bundle = join(place, 'bundle.cjs');
    const build = `require('esbuild').buildSync({
      entryPoints: ['./main.mjs'],
      outfile: ${JSON.stringify(bundle)},
      bundle: true,
      platform: 'node',
      external: ['sharp', '@resvg/*'],
      logOverride: { 'empty-import-meta': 'silent' },
    })`;
    run(project, [NODE, '--eval', build]);
    const config = { main: bundle, output: 'blob', disableExperimentalSEAWarning: true };
    writeFileSync(join(place, 'sea.json'), JSON.stringify(config));
    run(place, [NODE, '--experimental-sea-config', 'sea.json']);
    const program = join(place, 'app', 'program');
    mkdirSync(dirname(program));
    copyFileSync(NODE, program);
    const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
    run(place, [NODE, join(TOOLS, 'postject', 'dist', 'cli.js'), program, 'NODE_SEA_BLOB', 'blob', ...fuse]);
    rmSync(bundle);
    for (const path of [PREBUILDS, join('dist', 'report', 'assets')]) {
      cpSync(join(project, INSTALLED, path), join(place, 'app', path), { recursive: true });
    }
    for (const dependency of ['yazl', 'yauzl', 'buffer-crc32', 'pend']) {
      const from = join(PACKAGE, 'node_modules', dependency);
      cpSync(from, join(place, 'app', 'node_modules', dependency), { recursive: true });
    }
    expectSame(folder, [program], join(place, 'app', ADDON));
  });
});
