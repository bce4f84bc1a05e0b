import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Peer } from '../../bench/peer.js';
import { findPeers, type PeerProgram } from '../../bench/peer-programs.js';
import { SHAPES } from '../../src/measure/shapes.js';

const FAKE = fileURLToPath(new URL('fake-peer.mjs', import.meta.url));

function fake(mode: string): PeerProgram {
  return { file: `${mode}.mjs`, command: process.execPath, args: [FAKE, mode], missing: undefined };
}

async function start(mode: string, patience = 60): Promise<Peer> {
  const peer = await Peer.start(fake(mode), { threads: 3, rows: 100, patience });
  onTestFinished(() => peer.end());
  return peer;
}

describe('a peer', () => {
  test('introduces itself, learns its number of threads, prepares and runs', async () => {
    const peer = await start('good');
    expect(peer.introduction).toEqual({ name: 'fake', version: '1', threads: 3, dtype: 'float32', work: 'step' });
    await peer.prepare(SHAPES.tiny);
    expect(await peer.run(20)).toBe(0.02);
    expect(await peer.run(5)).toBe(0.005);
  });

  test('may compute only the products, and says so', async () => {
    expect((await start('products')).work).toBe('products');
  });

  test.each([
    ['unavailable', /^No module named 'fake'$/],
    ['garbage', /expected a line of JSON but it printed "Hello there!"/],
    ['stranger', /expected its name, version, threads and dtype but it said \{"name":"fake"\}/],
    ['dies', /it ended with exit code 1: Error: out of luck$/],
  ])('that fails at start (%s) is reported with the reason', async (mode, message) => {
    await expect(start(mode)).rejects.toThrow(message);
  });

  test('that cannot be started is reported', async () => {
    const program = { ...fake('good'), command: join(tmpdir(), 'no-such-python') };
    await expect(Peer.start(program, { threads: 1, rows: 1 })).rejects.toThrow(/could not be started: .*ENOENT/);
  });

  test('that was not built is reported', async () => {
    const program = { ...fake('good'), missing: 'not built' };
    await expect(Peer.start(program, { threads: 1, rows: 1 })).rejects.toThrow('not built');
  });

  test('that does not answer is given up', async () => {
    await expect(start('mute', 0.3)).rejects.toThrow('it did not answer within 0.3 s');
  });

  test('that stopped answering gets no more requests: an answer could belong to an earlier one', async () => {
    const peer = await start('falls-silent', 2);
    await expect(peer.prepare(SHAPES.tiny)).rejects.toThrow('it did not answer within 2 s');
    await expect(peer.run(1)).rejects.toThrow('it did not answer within 2 s');
  });

  test('that refuses a shape says why, and may accept the next', async () => {
    const peer = await start('refuses');
    await expect(peer.prepare(SHAPES.wide)).rejects.toThrow(/^no 512 hidden units$/);
    await expect(peer.prepare(SHAPES.article)).rejects.toThrow(/^no 50 hidden units$/);
  });

  test('that answers with words instead of seconds is reported', async () => {
    await expect((await start('wrong-answer')).run(1)).rejects.toThrow(/expected the seconds.*"many"/);
  });

  test('that dies during a run is reported with its exit code, also for later requests', async () => {
    const peer = await start('dies-running');
    await peer.prepare(SHAPES.tiny);
    await expect(peer.run(1)).rejects.toThrow('it ended with exit code 3');
    await expect(peer.run(1)).rejects.toThrow('it ended with exit code 3');
  });
});

test('peers are the Python, JavaScript and C++ files of a folder whose names begin with no underscore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'two-layer-net-peers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['b.py', 'a.mjs', '_shared.py', 'notes.md', 'built.cpp', 'unbuilt.cpp']) {
    await writeFile(join(folder, name), '');
  }
  await mkdir(join(folder, 'build'));
  await writeFile(join(folder, 'build', 'built'), '');
  const peers = findPeers([folder, join(folder, 'b.py')], 'python9');
  const at = (name: string) => join(folder, name);
  expect(peers).toEqual([
    { file: at('a.mjs'), command: process.execPath, args: [at('a.mjs')], missing: undefined },
    { file: at('b.py'), command: 'python9', args: [at('b.py')], missing: undefined },
    { file: at('built.cpp'), command: at('build/built'), args: [], missing: undefined },
    { file: at('unbuilt.cpp'), command: at('build/unbuilt'), args: [], missing: expect.stringMatching(/not built/) },
    { file: at('b.py'), command: 'python9', args: [at('b.py')], missing: undefined },
  ]);
});
