/** What Node's options allow this process: see `node --help` for `--no-addons` and `--permission`. */
import { shellWord } from '../../platform/shell.js';

/** The part of Node's permission model that is used; it is not there unless it was turned on. */
interface Permission {
  has(scope: string, reference?: string): boolean;
}

function permission(): Permission | undefined {
  return (process as { permission?: Permission }).permission;
}

/** Whether Node's permission model keeps this process from reading a folder. */
export function isUnreadable(folder: string): boolean {
  return permission()?.has('fs.read', folder) === false;
}

/**
 * What to change about the way in which Node was started: a sentence without its full stop.
 *
 * @param folders - the folders that an addon may be in
 */
export function permissionRemedy(folders: readonly string[]): string {
  if (!permission()) return 'Start Node without the option --no-addons, which may also be in NODE_OPTIONS';
  const unreadable = folders.filter(isUnreadable);
  const flags = ['--allow-addons', ...unreadable.map((folder) => `--allow-fs-read=${shellWord(folder)}`)];
  return `Node was started with its permission model: add ${flags.join(' ')} to its options`;
}
