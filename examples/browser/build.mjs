// Builds the page into a folder of static files: node examples/browser/build.mjs [FOLDER]
// Any web server can serve it. With the headers `Cross-Origin-Opener-Policy: same-origin` and
// `Cross-Origin-Embedder-Policy: require-corp` the page may use several threads.
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Builds the page into `folder`. */
export async function buildPage(folder) {
  mkdirSync(folder, { recursive: true });
  await build({
    // Workers are files of their own, beside the page's, where the package and rows.ts look for them.
    entryPoints: {
      page: join(HERE, 'page.ts'),
      synthetic: join(HERE, 'synthetic.ts'),
      worker: 'two-layer-net/worker',
    },
    absWorkingDir: HERE,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    conditions: ['browser'],
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
    tsconfigRaw: {},
  });
  const modules = join(HERE, '..', '..', 'wasm');
  if (existsSync(modules)) cpSync(modules, join(folder, 'wasm'), { recursive: true });
  for (const name of ['index.html', 'style.css']) copyFileSync(join(HERE, name), join(folder, name));
  copyFileSync(join(HERE, '..', 'fruit.csv'), join(folder, 'fruit.csv'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? 'browser-page';
  await buildPage(folder);
  console.log(`The page is in ${folder}: serve it, for example with npx http-server ${folder}`);
}
