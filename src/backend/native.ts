import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Binding } from '../../binding.js';

/** What came of looking for the addon: the addon and its file, or why there is none. */
export type NativeAttempt =
  | { readonly binding: Binding; readonly file: string }
  | { readonly binding: undefined; readonly reasons: readonly string[] };

/** node-gyp-build's part that is used here: finds the .node file of this platform under a folder, or throws. */
interface NodeGypBuild {
  resolve(folder: string): string;
}

/** The calls of the addon; one that lacks any was built from other sources than this package's. */
const CALLS = [
  'info',
  'peak',
  'firstNonFinite',
  'scores',
  'predict',
  'lossAndGradients',
  'train',
  'trainSync',
] as const;

/** The package's own folder, from src/backend/ as from dist/backend/. */
const PACKAGE_FOLDER = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether this is a clone, which has the addon's sources and what builds them; a published package has not. */
export function canBuild(): boolean {
  return existsSync(join(PACKAGE_FOLDER, 'CMakeLists.txt'));
}

let attempt: NativeAttempt | undefined;

/** Loads the addon from build/Release or prebuilds/, once; never throws. */
export function loadNative(): NativeAttempt {
  attempt ??= tryToLoad(PACKAGE_FOLDER);
  return attempt;
}

/** @internal Exported for tests: looks for the addon under `folder`. */
export function tryToLoad(folder: string): NativeAttempt {
  const require = createRequire(import.meta.url);
  let file: string;
  try {
    file = (require('node-gyp-build') as NodeGypBuild).resolve(folder);
  } catch (error) {
    return { binding: undefined, reasons: [`no addon was found: ${firstLine(error)}`] };
  }
  try {
    const addon = require(file) as Partial<Binding>;
    const missing = CALLS.filter((call) => typeof addon[call] !== 'function');
    if (missing.length === 0) return { binding: addon as Binding, file };
    return { binding: undefined, reasons: [`${file} is of another version: it has no ${missing.join(', ')}`] };
  } catch (error) {
    return { binding: undefined, reasons: [`${file} cannot be loaded: ${firstLine(error)}`] };
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0];
}
