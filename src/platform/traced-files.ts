/**
 * What a tracer of files must copy beside the code: @vercel/nft and Next.js read programs without running them, and the
 * rest of this package computes where its files are. The expressions below are of the forms that a tracer evaluates;
 * `__dirname` is not defined here when the code runs, and nothing calls these functions.
 */
import module from 'node:module';
import { join } from 'node:path';

/** The folders and files of the package that are found at run time. */
export function tracedFiles(): string[] {
  return [
    join(__dirname, '..', '..', 'prebuilds'),
    join(__dirname, '..', '..', 'wasm'),
    join(__dirname, '..', 'report', 'assets'),
    join(__dirname, '..', 'data', 'tables', 'columnar', 'worker.js'),
  ];
}

/** The dependencies that `requireDependency` loads by their names. */
export function tracedDependencies(): unknown[] {
  const require = module.createRequire(import.meta.url);
  return [
    require('detect-libc'),
    require('modern-tar'),
    require('node-gyp-build'),
    require('undici'),
    require('yauzl'),
    require('yazl'),
  ];
}
