/** Which programs in a folder are peers, and how each is started. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';

/** A peer as it lies on disk. */
export interface PeerProgram {
  /** Its file; the table names the peer by it until it has told its own name. */
  readonly file: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Why it cannot be started; undefined where it can. */
  readonly missing: string | undefined;
}

/** What a file's ending means; of a C++ source, what was built from it is run. */
const ENDINGS = ['.py', '.mjs', '.cpp'];

/**
 * The peers among some files and folders, by name. In a folder, a file whose name begins with an underscore is part of
 * others and no peer.
 */
export function findPeers(paths: readonly string[], python: string): PeerProgram[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [peerProgram(path, python)];
    const names = readdirSync(path).filter((name) => ENDINGS.includes(extname(name)) && !name.startsWith('_'));
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
      const missing = existsSync(program) ? undefined : `it is not built: the first lines of ${file} say how`;
      return { file, command: program, args: [], missing };
    }
    default:
      return { file, command: file, args: [], missing: undefined };
  }
}
