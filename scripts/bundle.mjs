// Bundles what the package ships of other libraries into dist/, after TypeScript has been built there, so that whoever
// installs the package installs none of them:
//
//   dist/report/assets/report.cjs   Apache ECharts with the charts and the report's page (src/report/browser)
//   dist/report/assets/font.ttf     DejaVu Sans, for text in PNG pictures on machines without fonts
//   dist/report/assets/LICENSES.txt the licences of these
//   dist/report/terminal/sixel-encoder.js  with npm's `sixel` inside
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ASSETS = join(ROOT, 'dist', 'report', 'assets');
const fromModules = (...path) => join(ROOT, 'node_modules', ...path);

const COMMON = { absWorkingDir: ROOT, bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };

/** One script for both: CommonJS for Node, and with the same name as a global for a page. */
async function bundleReport() {
  await build({
    ...COMMON,
    entryPoints: ['src/report/browser/entry.ts'],
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
    // upng.js, which it brings, assigns to a name that it never declares.
    banner: { js: 'var UPNG;' },
  });
}

/** Of each library that is in the bundles: its name, its folder in node_modules, and its licence files. */
const LICENSED = [
  ['Apache ECharts', 'echarts', ['LICENSE', 'NOTICE']],
  ['ZRender', 'zrender', ['LICENSE']],
  ['tslib', dirname(createRequire(fromModules('echarts', 'package.json')).resolve('tslib')), ['LICENSE.txt']],
  ['DejaVu fonts', 'dejavu-fonts-ttf', ['LICENSE']],
  ['node-sixel', 'sixel', ['LICENSE']],
];

function copyFont() {
  copyFileSync(fromModules('dejavu-fonts-ttf', 'ttf', 'DejaVuSans.ttf'), join(ASSETS, 'font.ttf'));
  const texts = LICENSED.map(([title, name, files]) => {
    const folder = resolve(ROOT, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
    return `${title} ${version}\n${'='.repeat(60)}\n${text}\n`;
  });
  writeFileSync(join(ASSETS, 'LICENSES.txt'), texts.join('\n\n'));
}

mkdirSync(ASSETS, { recursive: true });
await Promise.all([bundleReport(), bundleSixel()]);
copyFont();
