/**
 * What a tracer of files must copy beside the code: @vercel/nft, which Next.js and Vercel use, reads programs without
 * running them, and the rest of this package computes where its files are. The expressions below are of the forms that
 * a tracer evaluates. A bundler makes nothing of them: their only caller is never called.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders and files of the package that are found at run time. Call it for nothing but a test. */
export function tracedFiles(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  return [
    join(here, '..', '..', 'prebuilds'),
    join(here, '..', '..', 'wasm'),
    join(here, '..', 'report', 'assets'),
    join(here, '..', 'data', 'tables', 'columnar', 'worker.js'),
  ];
}

/** The dependencies that `requireDependency` loads by their names. */
export function tracedDependencies(): unknown[] {
  const require = createRequire(import.meta.url);
  return [
    require('detect-libc'),
    require('modern-tar'),
    require('node-gyp-build'),
    require('undici'),
    require('yauzl'),
    require('yazl'),
  ];
}
