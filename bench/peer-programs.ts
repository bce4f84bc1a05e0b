/** Finds the peers in a folder, and how to start each. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** A peer's file on disk. */
export interface PeerProgram {
  /** Its file, which names the peer until it has introduced itself. */
  readonly file: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Why it cannot be started; undefined if it can. */
  readonly missing: string | undefined;
}

/** The extensions of peers. For a C++ source, the program that was built from it is run. */
const EXTENSIONS = ['.py', '.mjs', '.cpp'];

/**
 * Finds the peers among some files and folders. In a folder they are sorted by name, and files whose name begins with
 * an underscore are skipped: peers import them.
 */
export function findPeers(paths: readonly string[], python: string): PeerProgram[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [peerProgram(path, python)];
    const names = readdirSync(path).filter((name) => EXTENSIONS.includes(extname(name)) && !name.startsWith('_'));
    return names.sort().map((name) => peerProgram(join(path, name), python));
  });
}

function peerProgram(file: string, python: string): PeerProgram {
  switch (extname(file)) {
    case '.py':
      return { file, command: python, args: [file], missing: undefined };
    case '.mjs':
      return { file, command: process.execPath, args: [file], missing: undefined };
    case '.cpp': {
      const program = join(dirname(file), 'build', basename(file, '.cpp'));
      const missing = existsSync(program) ? undefined : `not built: the first lines of ${file} say how`;
      return { file, command: program, args: [], missing };
    }
    default:
      return { file, command: file, args: [], missing: undefined };
  }
}
