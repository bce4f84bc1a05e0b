// Bundles the package for web pages into dist/browser/:
//
//   index.js      what the `browser` condition of package.json's exports leads to
//   worker.js     the Worker that `fitInWorker` starts
//   chunk-….js    what both use
//   *.d.ts        their types
//   charts.js     the charts, with Apache ECharts: a bundler leaves them out where none is drawn
//
// No module of Node's is reached. Two folders stand in for what a page does not have: src/browser/node/NAME.ts for
// node:NAME, and src/browser/instead/PATH for src/PATH.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = join(ROOT, 'src');
const BROWSER = join(SOURCES, 'browser');
const OUTPUT = join(ROOT, 'dist', 'browser');

/** The module that takes the place of Node's `name` (`fs/promises`). */
const nodeModule = (name) => join(BROWSER, 'node', `${name.replace('/', '_')}.ts`);

const BROWSER_CHARTS = join(BROWSER, 'instead', 'report', 'pictures', 'bundle.ts');

/** Resolves imports to what stands in for them. */
const standIns = {
  name: 'stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const file = nodeModule(path.slice('node:'.length));
      if (existsSync(file)) return { path: file, sideEffects: false };
      return { errors: [{ text: `${path} has no counterpart in src/browser/node/ (${relative(ROOT, importer)})` }] };
    });
    onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path.replace(/\.js$/, '.ts'));
      const inside = relative(SOURCES, file);
      if (inside.startsWith('..') || inside.startsWith(`browser${sep}`)) return undefined;
      const instead = join(BROWSER, 'instead', inside);
      if (instead === BROWSER_CHARTS) return { path: './charts.js', external: true, sideEffects: false };
      return existsSync(instead) ? { path: instead } : undefined;
    });
  },
};

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const COMMON = {
  absWorkingDir: ROOT,
  outdir: OUTPUT,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['browser', 'module', 'main'],
  conditions: ['browser', 'import'],
  target: ['es2022'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  tsconfig: 'tsconfig.browser.json',
};

/** Makes dist/browser/. */
export async function bundleBrowser() {
  rmSync(OUTPUT, { recursive: true, force: true });
  await build({
    ...COMMON,
    entryPoints: { charts: BROWSER_CHARTS },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  await build({
    ...COMMON,
    entryPoints: { index: 'src/browser/index.ts', worker: 'src/browser/worker.ts' },
    chunkNames: '[name]-[hash]',
    splitting: true,
    // Messages have the names of classes.
    keepNames: true,
    plugins: [standIns],
    inject: ['src/browser/node/globals.ts'],
    define: {
      PACKAGE_VERSION: JSON.stringify(version),
      PAPA_BROWSER_CONTEXT: 'true',
      'process.env': '{}',
      'process.platform': '"browser"',
      'process.execArgv': '[]',
      'process.emitWarning': 'emitWarning',
    },
  });
  declareTypes();
}

/** Writes the types. They lean on those of the shared code, which are in dist/ already. */
function declareTypes() {
  const scratch = mkdtempSync(join(tmpdir(), 'two-layer-net-types-'));
  try {
    const options = '--noEmit false --declaration --emitDeclarationOnly --stripInternal --rootDir src --outDir';
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [tsc, '-p', 'tsconfig.browser.json', ...options.split(' '), scratch];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    const made = join(scratch, 'browser');
    for (const name of readdirSync(made).filter((one) => one.endsWith('.d.ts'))) {
      copyFileSync(join(made, name), join(OUTPUT, name));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
