/**
 * The package in other runtimes, and in Node with options that take things away. Wherever the addon does not load, what
 * computes instead must be what the message says.
 */
import { chmodSync, cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addonMissing, PACKAGE } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { installInto, noSpaces, outcome, run, SPACE, write } from './support/user-project.js';

const folder = sharedFolder();
const RUNTIMES = join(PACKAGE, 'test', 'ecosystem', 'runtimes', 'node_modules');
const NODE = process.execPath;
const WASM = existsSync(join(PACKAGE, 'wasm', 'two-layer-net-simd.wasm'));
const QUIET = '--disable-warning=ExperimentalWarning';

const MAIN = `(t, folder) => exercise(t, folder).then((found) => console.log(JSON.stringify(found)))`;
const FILES = {
  'package.json': '{ "private": true }',
  'main.mjs': `import { mkdirSync } from 'node:fs'; import * as t from 'two-layer-net';
    import { exercise } from './exercise.cjs'; mkdirSync('out', { recursive: true }); (${MAIN})(t, 'out');`,
  'main.cjs': `const t = require('two-layer-net'); const { exercise } = require('./exercise.cjs');
    require('node:fs').mkdirSync('out', { recursive: true }); (${MAIN})(t, 'out');`,
};

describe.skipIf(addonMissing)(
  `the package with less of Node${addonMissing ? ` (skipped: ${addonMissing})` : ''}`,
  () => {
    let first: Record<string, unknown>;
    beforeAll(() => {
      installInto(folder);
      write(folder, FILES);
      first = { ...outcome(run(folder, [NODE, 'main.mjs'])), backend: undefined, addon: undefined, reasons: [] };
    });

    /** Runs it, expects the same results (if another backend computes: but for the bits) and returns its warnings. */
    function warnings(command: readonly string[], backend: 'native' | 'other', env: NodeJS.ProcessEnv = {}): string {
      const ran = run(folder, command, env);
      const found = outcome(ran);
      if (backend === 'native') expect(found.backend).toBe('native');
      else expect(['wasm', 'js']).toContain(found.backend);
      const { weights } = backend === 'native' ? first : found;
      expect({ ...found, backend: undefined, addon: undefined, reasons: [] }).toEqual({ ...first, weights });
      // The warning names what computes.
      if (backend === 'other') {
        expect(ran.stderr).toContain(
          found.backend === 'wasm' ? 'slower WebAssembly backend' : 'slower TypeScript backend',
        );
      }
      return ran.stderr;
    }

    it('--no-addons: another backend, and the option is named', () => {
      expect(warnings([NODE, '--no-addons', 'main.mjs'], 'other')).toMatch(/Start Node without the option --no-addons/);
    });

    const permission = Number(process.versions.node.split('.')[0]) < 23 ? '--experimental-permission' : '--permission';
    const allowed = [permission, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker', QUIET];

    it('--permission without --allow-addons: another backend, and the option is named', () => {
      const said = warnings([NODE, ...allowed, 'main.mjs'], 'other');
      expect(said).toMatch(/Node was started with its permission model: add --allow-addons to its options/);
      expect(said).not.toMatch(/nstall the package again/);
    });

    it('--permission with --allow-addons: the addon', () => {
      // Node 20 and 22 have no such option: there, the permission model never loads addons.
      const known = process.allowedNodeEnvironmentFlags.has('--allow-addons');
      if (known) warnings([NODE, ...allowed, '--allow-addons', 'main.mjs'], 'native');
      else expect(Number(process.versions.node.split('.')[0])).toBeLessThan(22);
    });

    it('--jitless: the addon', () => {
      expect(warnings([NODE, '--jitless', 'main.mjs'], 'native')).not.toContain('TWO_LAYER_NET');
    });

    it.skipIf(noSpaces)(`no /proc: the addon${noSpaces ? ` (skipped: ${noSpaces})` : ''}`, () => {
      const script = 'mount -t tmpfs tmpfs /proc && ! test -e /proc/self && exec "$0" main.mjs';
      expect(warnings([...SPACE, 'sh', '-c', script, NODE], 'native')).not.toContain('TWO_LAYER_NET');
    });

    describe.each([
      ['Node 20.19', 'node20/bin/node', [QUIET]],
      ['Node 22.12', 'node22/bin/node', [QUIET]],
      ['Node 24', 'node24/bin/node', []],
      ['Node 25', 'node25/bin/node', []],
      ['Node 26', 'node26/bin/node', []],
      ['Bun 1', 'bun/bin/bun', []],
      ['Deno 2', 'deno/deno', ['run', '--allow-all']],
    ])('%s', (_name, file, options) => {
      const program = join(RUNTIMES, file);
      const none = existsSync(program) ? '' : ' (skipped: npm ci --prefix test/ecosystem/runtimes)';
      if (!none) chmodSync(program, 0o755);

      it.skipIf(none).each(['main.mjs', 'main.cjs'])(`runs %s with the addon${none}`, (main) => {
        expect(warnings([program, ...options, main], 'native')).toBe('');
      });

      it.skipIf(none)(`computes ${WASM ? 'in WebAssembly' : 'in TypeScript'} where no addon loads${none}`, () => {
        // Bun and Deno have no option for it: they look for the addon where there is none.
        const without = join(folder, 'without');
        if (WASM) cpSync(join(PACKAGE, 'wasm'), join(without, 'wasm'), { recursive: true });
        const said = file.startsWith('node')
          ? warnings([program, ...options, '--no-addons', 'main.mjs'], 'other')
          : warnings([program, ...options, 'main.mjs'], 'other', { TWO_LAYER_NET_PREBUILD: without });
        expect(said).toContain(`slower ${WASM ? 'WebAssembly' : 'TypeScript'} backend`);
      });
    });
  },
);
