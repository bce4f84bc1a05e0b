/** A server of PostgreSQL on a free port of 127.0.0.1, in a temporary folder. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe } from 'vitest';

const PROGRAMS = '/usr/lib/postgresql';

/** Where its programs are: Debian does not put them into PATH. */
function programs(): string | undefined {
  const versions = existsSync(PROGRAMS) ? readdirSync(PROGRAMS) : [];
  return versions.map((version) => join(PROGRAMS, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
}

/** It refuses to be run by root, who has a user for it. */
const AS = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

function run(program: string, ...args: string[]): void {
  const [command, ...rest] = [...AS, program, ...args];
  execFileSync(command, rest, { stdio: 'ignore', cwd: '/' });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the server again: `fast` ends its connections, `immediate` is as if it had been killed. */
export type Restart = (how: 'fast' | 'immediate') => Promise<unknown>;

/** Tests with a server, which gets a password; without PostgreSQL on this machine they are skipped. */
export function describeWithPostgres(title: string, tests: (url: () => string, restart: Restart) => void): void {
  const bin = programs();
  describe.skipIf(!bin)(bin ? title : `${title} (skipped: there is no PostgreSQL in ${PROGRAMS})`, () => {
    let folder: string;
    let url: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'two-layer-net-postgres-'));
      if (AS.length > 0) chownSync(folder, Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), 0);
      chmodSync(folder, 0o700);
      const data = join(folder, 'data');
      run(join(bin as string, 'initdb'), '-D', data, '-A', 'trust', '-U', 'tln', '--no-sync');
      const port = await freePort();
      const options = `-p ${port} -h 127.0.0.1 -k '' -F`;
      run(join(bin as string, 'pg_ctl'), '-D', data, '-o', options, '-l', join(folder, 'log'), '-w', 'start');
      url = `postgres://tln:s3cret@127.0.0.1:${port}/postgres`;
    });
    afterAll(() => {
      run(join(bin as string, 'pg_ctl'), '-D', join(folder, 'data'), '-m', 'immediate', '-w', 'stop');
      rmSync(folder, { recursive: true, force: true });
    });
    const restart: Restart = (how) => {
      const args = ['-D', join(folder, 'data'), '-m', how, '-l', join(folder, 'log'), '-w', 'restart'];
      const [command, ...rest] = [...AS, join(bin as string, 'pg_ctl'), ...args];
      return promisify(execFile)(command, rest, { cwd: '/' });
    };
    tests(() => url, restart);
  });
}
