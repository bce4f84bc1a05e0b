/**
 * Whether a terminal shows pictures: it is asked, since names such as TERM's say little and pass through ssh or tmux.
 */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** How a terminal takes pictures. */
export type TerminalImageProtocol = 'kitty' | 'sixel';

/** What is asked of standard input; `process.stdin` is one. */
export interface TerminalInput extends Readable {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** What is asked of standard output; `process.stdout` is one. */
export interface TerminalOutput extends Writable {
  readonly isTTY?: boolean;
}

/** Whom {@link terminalImageProtocol} asks, and for how long. */
export interface TerminalQuery {
  /**
   * Where the terminal's answers come from.
   * @defaultValue `process.stdin`
   */
  readonly input?: TerminalInput;
  /**
   * Where the question goes.
   * @defaultValue `process.stdout`
   */
  readonly output?: TerminalOutput;
  /**
   * Environment variables, of which TERM and CI count.
   * @defaultValue `process.env`
   */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Milliseconds to wait for the answers.
   * @defaultValue 300
   */
  readonly timeout?: number;
  /**
   * Called when Ctrl-C was pressed meanwhile, after the terminal was set back: in raw mode it is a character only.
   * @defaultValue SIGINT for this process
   */
  readonly interrupt?: () => void;
}

const ESCAPE = '\x1b';
/** Asks whether a picture of one RGB pixel could be shown, by the number 31, without showing it. */
const KITTY_QUERY = `${ESCAPE}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA${ESCAPE}\\`;
/**
 * Asks for the primary device attributes, which every terminal answers, and in turn: no answer for kitty comes after.
 */
const ATTRIBUTES_QUERY = `${ESCAPE}[c`;
/** The cursor goes back and the line's rest is cleared, for terminals that print what they do not know. */
const QUERY = `${ESCAPE}7${KITTY_QUERY}${ESCAPE}8${ESCAPE}[K${ATTRIBUTES_QUERY}`;

/** Keys, of which one is the number, then `OK` or what is wrong. */
const KITTY_ANSWER = new RegExp(`${ESCAPE}_G(?:[^;${ESCAPE}]*,)?i=31(?:,[^;${ESCAPE}]*)?;([^${ESCAPE}]*)${ESCAPE}\\\\`);
/** The kind of terminal, then its attributes. */
const ATTRIBUTES_ANSWER = new RegExp(`${ESCAPE}\\[\\?\\d*((?:;\\d*)*)c`);
/** The attribute of sixel graphics. */
const SIXEL = '4';
const CTRL_C = '\x03';

/**
 * Asks the terminal whether it shows pictures: by kitty's graphics protocol, by sixels, or undefined for neither.
 *
 * Asked is only a terminal on both ends, in the foreground and whose input nobody else reads; never where TERM is
 * `dumb` or CI is set. It is in raw mode until it has answered or time is up, then as it was before. What was typed
 * meanwhile is put back into the input for who reads next, which is left paused unless it flowed: call `resume()` to
 * listen to it. Never throws: a terminal that fails shows no pictures.
 */
export async function terminalImageProtocol(query: TerminalQuery = {}): Promise<TerminalImageProtocol | undefined> {
  const { input = process.stdin, output = process.stdout, environment = process.env, timeout = 300 } = query;
  if (!mayAsk(input, output, environment)) return undefined;
  const received = await ask(input, output, timeout);
  const rest = received.replace(KITTY_ANSWER, '').replace(ATTRIBUTES_ANSWER, '');
  const typed = rest.replaceAll(CTRL_C, '');
  if (typed !== '' && input.readable) input.unshift(typed, 'latin1');
  if (typed !== rest) (query.interrupt ?? interruptProcess)();
  if (KITTY_ANSWER.exec(received)?.[1] === 'OK') return 'kitty';
  return ATTRIBUTES_ANSWER.exec(received)?.[1].split(';').includes(SIXEL) ? 'sixel' : undefined;
}

function mayAsk(input: TerminalInput, output: TerminalOutput, { TERM, CI }: NodeJS.ProcessEnv): boolean {
  if (TERM === 'dumb' || (CI !== undefined && !['', '0', 'false'].includes(CI))) return false;
  const terminals = input.isTTY === true && output.isTTY === true && input.setRawMode !== undefined;
  // Another reader would take the answers for typed.
  const readers = input.listenerCount('data') + input.listenerCount('readable');
  return terminals && readers === 0 && (input !== process.stdin || inForeground());
}

/** Whether this process may set its terminal: one in the background would be stopped. Known on Linux alone. */
function inForeground(): boolean {
  try {
    // After the name, which may hold anything: state, parent, process group, session, terminal, its foreground group.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return foreground === '-1' || foreground === group;
  } catch {
    return true;
  }
}

/** Everything that came until the attributes' answer or until time was up, a character for each byte. */
function ask(input: TerminalInput, output: TerminalOutput, timeout: number): Promise<string> {
  const [raw, flowing] = [input.isRaw === true, input.readableFlowing === true];
  return new Promise((resolve) => {
    let received = '';
    let ended = false;
    const take = (chunk: Buffer | string) => {
      received += Buffer.from(chunk as string).toString('latin1');
      if (ATTRIBUTES_ANSWER.test(received)) end();
    };
    const end = () => {
      // Setting the mode of a terminal that is gone is another error.
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      input.off('data', take).off('end', end).off('close', end);
      // Before anything more comes, which would be lost without a listener.
      if (!flowing) input.pause();
      setRawMode(input, raw);
      input.off('error', end);
      resolve(received);
    };
    const timer = setTimeout(end, timeout);
    input.on('error', end).on('end', end).on('close', end).on('data', take);
    if (!setRawMode(input, true)) end();
    if (ended) return;
    input.resume();
    output.write(QUERY);
  });
}

/** Whether the terminal took the mode: one that is gone may throw or tell its listeners. */
function setRawMode(input: TerminalInput, raw: boolean): boolean {
  try {
    input.setRawMode?.(raw);
    return true;
  } catch {
    return false;
  }
}

/** Does as Ctrl-C would have: calls who listens for it, or ends this process. */
function interruptProcess(): void {
  // To send it would end the process on Windows, listeners or not.
  if (!process.emit('SIGINT')) process.kill(process.pid, 'SIGINT');
}
