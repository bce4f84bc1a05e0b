// Bundles other libraries into dist/, after TypeScript has been built there, so that users of the package do not have
// to install them:
//
//   dist/report/assets/report.cjs   Apache ECharts with the charts and the report page (src/report/charts and page)
//   dist/report/assets/font.ttf     DejaVu Sans, for text in PNG pictures on machines without fonts
//   dist/report/assets/LICENSES.txt their licences
//   dist/report/terminal/sixel-encoder.js  contains npm's `sixel`
//   dist/browser/                   the package for web pages: see browser-bundle.mjs
//
// and the package as one CommonJS file, for what cannot `require` ES modules (Jest), without any library:
//
//   dist/cjs/index.cjs and its types, index.d.cts
//
// and the command line as one file, which starts faster:
//
//   dist/cli/main.js
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleBrowser } from './browser-bundle.mjs';
import { bundledLibraries, licenceTexts } from './libraries.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ASSETS = join(ROOT, 'dist', 'report', 'assets');
const fromModules = (...path) => join(ROOT, 'node_modules', ...path);

const COMMON = { absWorkingDir: ROOT, bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };

/** One script for Node, as CommonJS, and for a web page, as a global variable. */
async function bundleReport() {
  await build({
    ...COMMON,
    entryPoints: ['src/report/page/entry.ts'],
    outfile: join(ASSETS, 'report.cjs'),
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'TwoLayerNetReport',
    footer: { js: "if (typeof module === 'object') module.exports = TwoLayerNetReport;" },
    target: ['es2020', 'node20'],
    tsconfig: 'tsconfig.browser.json',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
}

async function bundleSixel() {
  await build({
    ...COMMON,
    entryPoints: ['src/report/terminal/sixel-encoder.ts'],
    outfile: join(ROOT, 'dist', 'report', 'terminal', 'sixel-encoder.js'),
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Its dependency upng.js assigns to a variable that it never declares.
    banner: { js: 'var UPNG;' },
  });
}

/**
 * Node itself never loads this file: by the condition `module-sync` of package.json it requires the ES modules, so that
 * a program has one copy of the package. The last line leads a tracer of files that does not know this condition to
 * these modules.
 */
async function bundleCommonJs() {
  await build({
    ...COMMON,
    entryPoints: ['dist/index.js'],
    outfile: join(ROOT, 'dist', 'cjs', 'index.cjs'),
    platform: 'node',
    packages: 'external',
    inject: ['scripts/commonjs-globals.mjs'],
    format: 'cjs',
    target: 'node20',
    minify: false,
    // `import.meta.url` is undefined there; src/platform/package-roots.ts then uses `__filename`.
    logOverride: { 'empty-import-meta': 'silent' },
    footer: { js: "0 && require('../index.js');" },
  });
  writeFileSync(join(ROOT, 'dist', 'cjs', 'index.d.cts'), "export * from '../index.js';\n");
}

/**
 * The command line as one file beside its rarer parts, instead of some 400 modules, which Node would look up and load
 * for any verb, even for --help: it starts in less than half the time. The modules that only the command line uses stay
 * in dist/cli/ for tests, and are not published.
 */
async function bundleCommandLine() {
  await build({
    ...COMMON,
    entryPoints: ['dist/cli/main.js'],
    outdir: join(ROOT, 'dist', 'cli'),
    allowOverwrite: true,
    platform: 'node',
    packages: 'external',
    format: 'esm',
    splitting: true,
    target: 'node20',
    minify: false,
  });
}

function copyFont() {
  copyFileSync(fromModules('dejavu-fonts-ttf', 'ttf', 'DejaVuSans.ttf'), join(ASSETS, 'font.ttf'));
  writeFileSync(join(ASSETS, 'LICENSES.txt'), licenceTexts(bundledLibraries()));
}

mkdirSync(ASSETS, { recursive: true });
await Promise.all([bundleReport(), bundleSixel(), bundleBrowser(), bundleCommonJs()]);
// With what has been bundled above.
await bundleCommandLine();
copyFont();
