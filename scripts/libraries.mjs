// The third-party libraries inside the published package: in the bundles of dist/ and in the prebuilt addons. The
// licences and the bill of materials are made from this list.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES, unpackedSource } from './prebuild/sources.mjs';
import { ZIG_VERSION, zig } from './prebuild/zig.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const fromModules = (...path) => join(ROOT, 'node_modules', ...path);

/** The libraries in the bundles that scripts/bundle.mjs makes. */
export function bundledLibraries() {
  const tslib = () => dirname(createRequire(fromModules('echarts', 'package.json')).resolve('tslib'));
  return [
    npmLibrary('Apache ECharts', 'echarts', 'LICENSE', 'NOTICE'),
    npmLibrary('ZRender', 'zrender', 'LICENSE'),
    npmLibrary('tslib', tslib(), 'LICENSE.txt'),
    // Its package.json has file names in place of a licence.
    { ...npmLibrary('DejaVu fonts', 'dejavu-fonts-ttf', 'LICENSE'), licence: 'Bitstream Vera and Arev Fonts' },
    npmLibrary('node-sixel', 'sixel', 'LICENSE'),
    // In dist/browser/ alone; in Node they are dependencies.
    npmLibrary('Papa Parse', 'papaparse', 'LICENSE'),
    npmLibrary('fastest-levenshtein', 'fastest-levenshtein', 'LICENSE.md'),
    npmLibrary('modern-tar', 'modern-tar', 'LICENSE'),
    npmLibrary('fflate', 'fflate', 'LICENSE'),
  ];
}

/** The libraries in the prebuilt addons for Linux and in the WebAssembly modules. */
export function addonLibraries() {
  return [
    ...['openblas', 'highway'].map((name) => sourceLibrary(SOURCES[name], unpackedSource(name))),
    npmLibrary('node-addon-api', 'node-addon-api', 'LICENSE.md'),
    npmLibrary('node-api-headers', 'node-api-headers', 'LICENSE'),
    ...compilerLibraries(),
  ];
}

/** @param folder - a folder in node_modules, or an absolute path */
function npmLibrary(title, folder, ...files) {
  const place = resolve(ROOT, 'node_modules', folder);
  const { name, version, license, homepage } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { title, version, licence: license, home: homepage, purl, texts: textsOf(place, files) };
}

function sourceLibrary({ title, version, licence, licenceFile, home }, folder) {
  const purl = `pkg:github/${home.split('/').slice(-2).join('/').toLowerCase()}@${version}`;
  return { title, version, licence, home, purl, texts: textsOf(folder, [licenceFile]) };
}

/** What the compiler links in: the C++ library and its runtime. */
function compilerLibraries() {
  const home = dirname(zig());
  const llvm = { version: ZIG_VERSION, licence: 'Apache-2.0 WITH LLVM-exception', home: 'https://llvm.org' };
  const parts = { libcxx: 'LLVM libc++', libcxxabi: 'LLVM libc++abi', libunwind: 'LLVM libunwind' };
  const libraries = Object.entries(parts).map(([folder, title]) => ({
    ...llvm,
    title: `${title}, from zig`,
    purl: `pkg:generic/${folder}@zig-${ZIG_VERSION}`,
    texts: textsOf(join(home, 'lib', folder), ['LICENSE.TXT']),
  }));
  const runtime = {
    title: "zig's compiler runtime",
    version: ZIG_VERSION,
    licence: 'MIT',
    home: 'https://ziglang.org',
  };
  const wasi = {
    title: 'wasi-libc, from zig, in the WebAssembly modules',
    version: ZIG_VERSION,
    licence: 'Apache-2.0 WITH LLVM-exception',
    home: 'https://github.com/WebAssembly/wasi-libc',
    purl: `pkg:generic/wasi-libc@zig-${ZIG_VERSION}`,
    texts: textsOf(join(home, 'lib', 'libc', 'wasi'), ['LICENSE', 'LICENSE-APACHE-LLVM', 'LICENSE-MIT']),
  };
  return [
    ...libraries,
    wasi,
    { ...runtime, purl: `pkg:pypi/ziglang@${ZIG_VERSION}`, texts: textsOf(home, ['LICENSE']) },
  ];
}

function textsOf(folder, files) {
  return files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

/** The libraries with the texts of their licences. */
export function licenceTexts(libraries) {
  return libraries
    .map(({ title, version, texts }) => `${title} ${version}\n${'='.repeat(60)}\n${texts.join('\n\n')}\n`)
    .join('\n\n');
}
