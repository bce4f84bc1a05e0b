/** The package inside test runners: trained, saved, loaded, drawn and searched by each, with the same bits. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PREBUILDS } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { installInto, link, missing, outcome, run, skipped, write } from './support/user-project.js';

const folder = sharedFolder();
const NODE = process.execPath;

/** The body of a test; the output is written past the runner, which would decorate it. */
const BODY = `
  const { mkdtempSync, writeSync } = fs;
  const found = await exercise(t, mkdtempSync(join(tmpdir(), 'two-layer-net-runner-')));
  writeSync(1, '\\n' + JSON.stringify(found) + '\\n');
`;
const CJS = `
const fs = require('node:fs');
const { join } = require('node:path');
const { tmpdir } = require('node:os');
const t = require('two-layer-net');
const { exercise } = require('./exercise.cjs');
`;
const ESM = `
import fs from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import * as t from 'two-layer-net';
import { exercise } from './exercise.cjs';
`;
const FILES = {
  'package.json': '{ "private": true }',
  'jest/some.test.js': `${CJS.replace('./', '../')}test('runs', async () => {${BODY}}, 60000);`,
  'mocha.test.cjs': `${CJS}it('runs', async () => {${BODY}}).timeout(60000);`,
  'mocha.test.mjs': `${ESM}it('runs', async () => {${BODY}}).timeout(60000);`,
  'node.test.cjs': `const { test } = require('node:test');${CJS}test('runs', async () => {${BODY}});`,
  'node.test.mjs': `import { test } from 'node:test';${ESM}test('runs', async () => {${BODY}});`,
  'vitest/some.test.mjs': `import { test } from 'vitest';${ESM.replace('./exercise', '../exercise')}
    test('runs', async () => {${BODY}}, 60000);`,
};
const tool = (name: string, file: string) => [NODE, join(folder, 'node_modules', name, file)];

/** Each runner's command. */
const RUNNERS: Readonly<Record<string, () => readonly string[]>> = {
  'Jest 30': () => [...tool('jest', 'bin/jest.js'), '--rootDir=jest'],
  'Jest 30 with jsdom': () => [...tool('jest', 'bin/jest.js'), '--rootDir=jest', '--env=jsdom'],
  'Mocha, required': () => [...tool('mocha', 'bin/mocha.js'), 'mocha.test.cjs'],
  'Mocha, imported': () => [...tool('mocha', 'bin/mocha.js'), 'mocha.test.mjs'],
  'node:test, required': () => [NODE, '--test', '--test-reporter=tap', 'node.test.cjs'],
  'node:test, imported': () => [NODE, '--test', '--test-reporter=tap', 'node.test.mjs'],
  'Vitest in threads': () => [...tool('vitest', 'vitest.mjs'), 'run', '--dir=vitest', '--pool=threads'],
  'Vitest in processes': () => [...tool('vitest', 'vitest.mjs'), 'run', '--dir=vitest', '--pool=forks'],
  'Vitest in contexts of their own': () => [...tool('vitest', 'vitest.mjs'), 'run', '--dir=vitest', '--pool=vmThreads'],
};

describe.skipIf(missing)(`the package inside a test runner${skipped}`, () => {
  let first: Record<string, unknown>;
  beforeAll(() => {
    installInto(folder);
    link(folder, 'jest', 'jest-environment-jsdom', 'mocha', 'vitest');
    write(folder, FILES);
    write(folder, { 'plain.mjs': `${ESM}${BODY}` });
    first = outcome(run(folder, [NODE, 'plain.mjs']));
  });

  it('trains, saves, loads, draws and searches with the addon outside of any', async () => {
    const { EXPECTED } = await import('./programs/exercise.cjs');
    const addon = join(folder, 'node_modules', 'two-layer-net', PREBUILDS, 'two-layer-net.node');
    expect(first).toEqual({ ...EXPECTED, backend: 'native', addon, reasons: [], weights: expect.any(Number) });
  });

  it.each(Object.entries(RUNNERS))('%s: the same', (_name, command) => {
    const ran = run(folder, command());
    expect(outcome(ran)).toEqual(first);
    // jsdom complains of what its pages cannot do, such as draw.
    expect(ran.stdout + ran.stderr).not.toMatch(/not implemented/i);
  });
});
