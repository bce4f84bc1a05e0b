import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { type TerminalQuery, terminalImageProtocol } from '../../../src/report/terminal/image-protocol.js';

const KITTY = '\x1b_Gi=31;OK\x1b\\';
const QUERY = '\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\';

/** The standard input of a terminal, which records its modes. */
class FakeInput extends PassThrough {
  isTTY = true;
  isRaw = false;
  readonly modes: boolean[] = [];
  setRawMode(raw: boolean): this {
    this.modes.push(raw);
    this.isRaw = raw;
    return this;
  }
}

/** A terminal that answers the query with these pieces, one after another. */
function terminal(...answers: (string | Buffer)[]) {
  const input = new FakeInput();
  const output = Object.assign(new PassThrough(), { isTTY: true });
  let asked = '';
  output.on('data', (chunk: Buffer) => {
    asked += chunk.toString('latin1');
    if (asked.endsWith('\x1b[c')) void say();
  });
  const say = async () => {
    for (const answer of answers) {
      input.write(answer);
      await delay(2);
    }
  };
  const interrupt = vi.fn();
  const query: TerminalQuery = { input, output, environment: {}, timeout: 5000, interrupt };
  return { input, output, query, interrupt, asked: () => asked };
}

/** The remaining input for the next reader. */
const left = (input: FakeInput) => input.read()?.toString('latin1') ?? '';

describe('querying a terminal', () => {
  test.each([
    ['kitty', [KITTY, '\x1b[?62;c'], 'kitty'],
    ['kitty with sixels too', [`${KITTY}\x1b[?62;4;22c`], 'kitty'],
    ['kitty, with other keys', ['\x1b_Gi=31,I=2;OK\x1b\\\x1b[?62;c'], 'kitty'],
    ['kitty that cannot', ['\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1b[?62;22c'], undefined],
    ["another program's answer", ['\x1b_Gi=310;OK\x1b\\\x1b[?62;22c'], undefined],
    ['sixel', ['\x1b[?63;1;2;4;6c'], 'sixel'],
    ['sixel last', ['\x1b[?62;4c'], 'sixel'],
    ['sixel in pieces', ['\x1b[', '?63;1;2', ';4c'], 'sixel'],
    ['kitty in pieces', [...KITTY, '\x1b[?6c'], 'kitty'],
    ['none', ['\x1b[?1;2c'], undefined],
    ['a VT132, which is kind 4', ['\x1b[?4;6c'], undefined],
    ['attributes with a 4 in them', ['\x1b[?64;14;42;24c'], undefined],
  ] as const)('%s', async (_, answers, expected) => {
    const { input, query, asked } = terminal(...answers);
    expect(await terminalImageProtocol(query)).toBe(expected);
    expect(asked()).toBe(`\x1b7${QUERY}\x1b8\x1b[K\x1b[c`);
    expect(input.modes).toEqual([true, false]);
    expect(input.isPaused()).toBe(true);
    expect(input.listenerCount('data') + input.listenerCount('error')).toBe(0);
  });

  test('typed input remains for the next reader, byte for byte', async () => {
    const typed = Buffer.from('ü\n\xff', 'latin1');
    const { input, query } = terminal('ls', `${KITTY}\x1b[A`, Buffer.concat([typed, Buffer.from('\x1b[?62;4cend')]));
    expect(await terminalImageProtocol(query)).toBe('kitty');
    expect(left(input)).toBe('ls\x1b[Aü\n\xffend');
  });

  test('waits no longer than the timeout for a terminal that sends something else', async () => {
    const { input, query } = terminal('garbage\x1b[0n');
    expect(await terminalImageProtocol({ ...query, timeout: 30 })).toBeUndefined();
    expect(input.modes).toEqual([true, false]);
    expect(left(input)).toBe('garbage\x1b[0n');
  });

  test('recognizes kitty even if the attributes never arrive', async () => {
    expect(await terminalImageProtocol({ ...terminal(KITTY).query, timeout: 100 })).toBe('kitty');
  });

  test('Ctrl-C interrupts once, after the terminal is restored', async () => {
    const { input, query, interrupt } = terminal('a\x03b\x03', '\x1b[?62;4c');
    interrupt.mockImplementation(() => expect(input.modes).toEqual([true, false]));
    expect(await terminalImageProtocol(query)).toBe('sixel');
    expect(interrupt).toHaveBeenCalledTimes(1);
    expect(left(input)).toBe('ab');
  });

  test('Ctrl-C calls the listeners of SIGINT', async () => {
    const listener = vi.fn();
    process.once('SIGINT', listener);
    const { interrupt: _, ...query } = terminal('\x03\x1b[?62c').query;
    await terminalImageProtocol(query);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('raw or flowing input remains so', async () => {
    const { input, query } = terminal('\x1b[?62;4c');
    input.isRaw = true;
    input.resume();
    expect(await terminalImageProtocol(query)).toBe('sixel');
    expect(input.modes).toEqual([true, true]);
    expect(input.readableFlowing).toBe(true);
  });

  test('accepts input decoded as text', async () => {
    const { input, query } = terminal('é\x1b[?62;4c');
    input.setEncoding('utf8');
    expect(await terminalImageProtocol(query)).toBe('sixel');
    expect(input.read()).toBe('é');
  });
});

describe('a failing terminal shows no pictures', () => {
  test.each([
    [
      'raw mode throws',
      (input: FakeInput) =>
        vi.spyOn(input, 'setRawMode').mockImplementation(() => {
          throw new Error('EIO');
        }),
    ],
    [
      'raw mode is an error, again and again',
      (input: FakeInput) =>
        vi.spyOn(input, 'setRawMode').mockImplementation(() => {
          input.emit('error', new Error('setRawMode EIO'));
          return input;
        }),
    ],
    ['input fails', (input: FakeInput) => setTimeout(() => input.destroy(new Error('EIO')), 5)],
    ['input ends', (input: FakeInput) => setTimeout(() => input.end('typed'), 5)],
    ['input closes', (input: FakeInput) => setTimeout(() => input.destroy(), 5)],
  ])('%s', async (_, fail) => {
    const { input, query } = terminal();
    fail(input);
    expect(await terminalImageProtocol(query)).toBeUndefined();
    expect(input.isRaw).toBe(false);
  });
});

describe('no query is sent', () => {
  test.each([
    ['TERM=dumb', { environment: { TERM: 'dumb' } }],
    ['CI', { environment: { CI: 'true', TERM: 'xterm-kitty' } }],
  ])('with %s', async (_, more) => {
    const { input, query, asked } = terminal(KITTY);
    expect(await terminalImageProtocol({ ...query, ...more })).toBeUndefined();
    expect(asked()).toBe('');
    expect(input.modes).toEqual([]);
  });

  test.each(['input', 'output'] as const)('if %s is not a terminal', async (which) => {
    const { query, asked, ...streams } = terminal(KITTY);
    streams[which].isTTY = false;
    expect(await terminalImageProtocol(query)).toBeUndefined();
    expect(asked()).toBe('');
  });

  test('while something else reads the input', async () => {
    const { input, query, asked } = terminal(KITTY);
    input.on('data', () => {});
    expect(await terminalImageProtocol(query)).toBeUndefined();
    expect(asked()).toBe('');
  });

  test('CI=false does not count as CI', async () => {
    const { query } = terminal('\x1b[?62;4c');
    expect(await terminalImageProtocol({ ...query, environment: { CI: 'false' } })).toBe('sixel');
  });
});
