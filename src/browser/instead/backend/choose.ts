/** The backends of a page: TypeScript. */

import { capabilitiesOf } from '../../../backend/capabilities.js';
import type * as Original from '../../../backend/choose.js';
import { referenceBinding } from '../../../backend/reference/reference.js';
import { checkOneOf } from '../../../validation/check.js';
import { withCode } from '../../../validation/errors.js';

export const CHOICES: typeof Original.CHOICES = ['auto', 'native', 'js'];

export const chooseBackend: typeof Original.chooseBackend = (choice = 'auto') => {
  checkOneOf(choice, 'backend', CHOICES);
  if (choice === 'native') {
    const message = "The native backend is not available: a web page loads no addon. Use 'auto'";
    throw withCode(new Error(message), 'ERR_NATIVE_UNAVAILABLE');
  }
  const capabilities = capabilitiesOf('js');
  return { name: 'js', capabilities, binding: referenceBinding, file: undefined, reasons: [] };
};

export const backendInfo: typeof Original.backendInfo = (choice = 'auto') => {
  const { name, binding, file, reasons } = chooseBackend(choice);
  return { backend: name, ...binding.info(), products: 'auto', threads: 1, file, reasons };
};
