/**
 * The files that a page has given to a call: blobs by name, for as long as the call lasts. The code that reads files in
 * Node reads these: `node/fs_promises.ts` finds them here.
 */
const given = new Map<string, Blob>();

/** A name that no file of another call has at the moment: `iris.csv`, or `iris (2).csv`. */
function freeName(name: string): string {
  const taken = (candidate: string) =>
    given.has(candidate) || [...given.keys()].some((path) => path.startsWith(`${candidate}/`));
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : name.replace(/(\.[^./]*)?$/, ` (${n})$1`);
    if (!taken(candidate)) return candidate;
  }
}

/** Files, and what takes them away again. */
export interface Lent {
  /** The path of the file, or of the folder. */
  readonly path: string;
  readonly release: () => void;
}

/** Gives a file to the code that reads files. */
export function lend(name: string, blob: Blob): Lent {
  const path = freeName(name);
  given.set(path, blob);
  return { path, release: () => given.delete(path) };
}

/**
 * The same with a folder.
 *
 * @param files - by their paths in the folder
 */
export function lendFolder(name: string, files: Iterable<readonly [path: string, blob: Blob]>): Lent {
  const path = freeName(name);
  const all = [...files].map(([inside, blob]) => [`${path}/${inside}`, blob] as const);
  for (const [inside, blob] of all) given.set(inside, blob);
  const release = () => {
    for (const [inside] of all) given.delete(inside);
  };
  return { path, release };
}

/** The file of this path; undefined if none was given. */
export function fileAt(path: string): Blob | undefined {
  return given.get(path);
}

/** What is in the folder of this path; undefined if there is none. */
export function folderAt(path: string): { readonly name: string; readonly folder: boolean }[] | undefined {
  const begin = path.endsWith('/') ? path : `${path}/`;
  const found = new Map<string, boolean>();
  for (const whole of given.keys()) {
    if (!whole.startsWith(begin)) continue;
    const [name, ...deeper] = whole.slice(begin.length).split('/');
    found.set(name, deeper.length > 0);
  }
  return found.size === 0 ? undefined : [...found].map(([name, folder]) => ({ name, folder }));
}
