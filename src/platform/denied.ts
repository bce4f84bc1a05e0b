import { codeOf } from '../validation/kinds.js';

/** Why Node's permission model refuses a file or a folder, and the option that allows it. */
export function deniedWords(option: '--allow-fs-read' | '--allow-fs-write'): string {
  return `Node's permission model does not allow it; add ${option} for it to Node's options`;
}

/** Why something cannot be read, or a folder not made, by the error of the system or of Node's permission model. */
export function reasonOf(error: Error, option: '--allow-fs-read' | '--allow-fs-write' = '--allow-fs-read'): string {
  const code = codeOf(error);
  return code === 'ERR_ACCESS_DENIED' ? `${deniedWords(option)} (${code})` : error.message;
}
