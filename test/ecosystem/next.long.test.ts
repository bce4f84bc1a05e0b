/** The package in a route of Next.js: built by its own bundler, traced into a folder, and answered from there. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addonMissing, PACKAGE, PREBUILDS } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { installInto, outcome, run, write } from './support/user-project.js';

const folder = sharedFolder();
const RUNTIMES = join(PACKAGE, 'test', 'ecosystem', 'runtimes', 'node_modules');
const missing =
  addonMissing ?? (existsSync(join(RUNTIMES, 'next')) ? undefined : 'npm ci --prefix test/ecosystem/runtimes');
const NODE = process.execPath;

const FILES = {
  'package.json': '{ "private": true }',
  // The folder above may have a lock file of others, which Next.js would take for the root of the project.
  'next.config.mjs': `export default {
    output: 'standalone',
    serverExternalPackages: ['two-layer-net'],
    outputFileTracingRoot: import.meta.dirname,
    turbopack: { root: import.meta.dirname },
  };`,
  'app/layout.js': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
  'app/page.js': 'export default () => <p>two-layer-net</p>;',
  'app/exercise/route.js': `
    import { mkdtempSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    import * as t from 'two-layer-net';
    import { exercise } from '../../exercise.cjs';
    export const dynamic = 'force-dynamic';
    export const GET = async () => Response.json(await exercise(t, mkdtempSync(join(tmpdir(), 'two-layer-net-'))));`,
  'plain.mjs': `
    import { mkdtempSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    import * as t from 'two-layer-net';
    import { exercise } from './exercise.cjs';
    exercise(t, mkdtempSync(join(tmpdir(), 'two-layer-net-'))).then((found) => console.log(JSON.stringify(found)));`,
};

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The answer of a server that may not have started yet. */
async function answerOf(address: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(address);
      if (answer.ok) return await answer.json();
      throw new Error(`${answer.status}: ${await answer.text()}`);
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

it.skipIf(missing)(
  `runs in a route of Next.js, from its standalone folder${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const others = readdirSync(RUNTIMES).filter((name) => /^(node\d+|bun|deno|\..*)$/.test(name));
    for (const name of readdirSync(RUNTIMES)) {
      if (others.includes(name)) continue;
      cpSync(join(RUNTIMES, name), join(folder, 'node_modules', name), { recursive: true });
    }
    installInto(folder);
    write(folder, FILES);
    const first = outcome(run(folder, [NODE, 'plain.mjs']));
    run(folder, [NODE, 'node_modules/next/dist/bin/next', 'build'], { NEXT_TELEMETRY_DISABLED: '1' });
    const standalone = join(folder, '.next', 'standalone');
    const port = await freePort();
    const env = { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1' };
    const server = spawn(NODE, ['server.js'], { cwd: standalone, env, stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      const addon = join(standalone, 'node_modules', 'two-layer-net', PREBUILDS, 'two-layer-net.node');
      expect(await answerOf(`http://127.0.0.1:${port}/exercise`)).toEqual({ ...first, addon });
    } finally {
      server.kill();
    }
  },
  180_000,
);
