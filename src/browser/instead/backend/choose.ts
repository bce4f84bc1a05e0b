/** The backends of a page: WebAssembly, once it has been loaded, and TypeScript. */
import { capabilitiesOf } from '../../../backend/capabilities.js';
import type * as Original from '../../../backend/choose.js';
import { productsFromEnvironment } from '../../../backend/products.js';
import { referenceBinding } from '../../../backend/reference/reference.js';
import { checkOneOf } from '../../../validation/check.js';
import { withCode } from '../../../validation/errors.js';
import { defaultThreads } from '../platform/processors.js';
import { loadWasm } from './wasm/load.js';

export const CHOICES: typeof Original.CHOICES = ['auto', 'native', 'wasm', 'js'];

export const chooseBackend: typeof Original.chooseBackend = (choice = 'auto') => {
  checkOneOf(choice, 'backend', CHOICES);
  if (choice === 'native') {
    const message = "The native backend is not available: a web page loads no addon. Use 'auto'";
    throw withCode(new Error(message), 'ERR_NATIVE_UNAVAILABLE');
  }
  const wasm = choice === 'js' ? undefined : loadWasm();
  if (wasm?.binding) {
    return { name: 'wasm', capabilities: capabilitiesOf('wasm'), binding: wasm.binding, file: wasm.file, reasons: [] };
  }
  const reasons = wasm?.reasons ?? [];
  if (choice === 'wasm') {
    const message = `The WebAssembly backend is not available: ${reasons.join('; ')}`;
    throw withCode(new Error(message), 'ERR_WASM_UNAVAILABLE');
  }
  return { name: 'js', capabilities: capabilitiesOf('js'), binding: referenceBinding, file: undefined, reasons };
};

export const backendInfo: typeof Original.backendInfo = (choice = 'auto') => {
  const { name, capabilities, binding, file, reasons } = chooseBackend(choice);
  const threads = capabilities.threads ? defaultThreads() : 1;
  return { backend: name, ...binding.info(), products: productsFromEnvironment(), threads, file, reasons };
};
