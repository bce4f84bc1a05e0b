/** What this package uses of `node:path`, for the names of files in a page: those of URLs and of dropped folders. */

/** What separates the parts of a path. */
export const sep = '/';

/** The last part of a path. */
export function basename(path: string): string {
  return withoutEnd(path).replace(/^.*\//, '');
}

/** A path without its last part. */
export function dirname(path: string): string {
  const cut = withoutEnd(path);
  const at = cut.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : cut.slice(0, at);
}

/** The end of a name, with its dot; nothing of a name without one. */
export function extname(path: string): string {
  const name = basename(path);
  return name === '..' ? '' : (/.(\.[^./]*)$/.exec(name)?.[1] ?? '');
}

/** The parts as one path, without `.` and `..` where they can be left out. */
export function join(...parts: readonly string[]): string {
  const whole = parts.filter((part) => part !== '').join('/');
  const found: string[] = [];
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && found.length > 0 && found.at(-1) !== '..') found.pop();
    else found.push(part);
  }
  const path = found.join('/');
  return whole.startsWith('/') ? `/${path}` : path || '.';
}

/** As {@link join}, from the last part on that begins with a slash. */
export function resolve(...parts: readonly string[]): string {
  const from = parts.findLastIndex((part) => part.startsWith('/'));
  return join(...parts.slice(Math.max(from, 0)));
}

export const posix = { join };

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
