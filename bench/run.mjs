// Runs bench/main.ts: bundles bench/ into build/bench/, with src/ replaced by dist/, so that what is measured is what
// is published.
//
//   node bench/run.mjs [OPTIONS]
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, 'build', 'bench');

/** Imports of src/ lead to dist/, and are not bundled. */
const fromDist = {
  name: 'from-dist',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const [folder, ...rest] = relative(ROOT, join(resolveDir, path)).split(sep);
      return folder === 'src' ? { path: pathToFileURL(join(ROOT, 'dist', ...rest)).href, external: true } : undefined;
    });
  },
};

const { outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['bench/main.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  plugins: [fromDist],
  write: false,
  logLevel: 'warning',
});
mkdirSync(FOLDER, { recursive: true });
// Renamed when it is complete: another benchmark may be starting.
const [file, unfinished] = [join(FOLDER, 'main.mjs'), join(FOLDER, `main-${process.pid}.mjs`)];
writeFileSync(unfinished, outputFiles[0].contents);
renameSync(unfinished, file);
await import(pathToFileURL(file).href);
