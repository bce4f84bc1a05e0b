/** The options for what computes: `--backend` and `--threads`. */
import { Option } from 'commander';
import { type BackendChoice, type BackendInfo, backendInfo } from '../../backend/choose.js';
import { settingOption } from './settings.js';

/** `--backend`. */
export function backendOption(): Option {
  return new Option(
    '--backend <name>',
    'arithmetic: the native addon, WebAssembly, TypeScript, or the fastest that is available',
  )
    .choices(['auto', 'native', 'wasm', 'js'])
    .default('auto');
}

/** `--backend` and `--threads`. */
export function computeOptions(): Option[] {
  return [backendOption(), settingOption('threads')];
}

/**
 * What runs with these options. Call it before any work, so that a backend that is not available is reported at once.
 *
 * @throws as `backendInfo`
 */
export function computeInfo({ backend, threads }: { backend: BackendChoice; threads?: number }): BackendInfo {
  return { ...backendInfo(backend), ...(threads ? { threads } : {}) };
}
