/**
 * Finds out whether a terminal can show pictures by asking it. Names such as TERM's say little, and ssh and tmux pass
 * them on.
 */
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** A protocol for pictures in a terminal. */
export type TerminalImageProtocol = 'kitty' | 'sixel';

/** The terminal's input, such as `process.stdin`. */
export interface TerminalInput extends Readable {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** The terminal's output, such as `process.stdout`. */
export interface TerminalOutput extends Writable {
  readonly isTTY?: boolean;
}

/** Options of {@link terminalImageProtocol}. */
export interface TerminalQuery {
  /**
   * The stream that the terminal's answers arrive on.
   * @defaultValue `process.stdin`
   */
  readonly input?: TerminalInput;
  /**
   * The stream to write the query to.
   * @defaultValue `process.stdout`
   */
  readonly output?: TerminalOutput;
  /**
   * Environment variables. TERM and CI are used.
   * @defaultValue `process.env`
   */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Milliseconds to wait for the answers.
   * @defaultValue 300
   */
  readonly timeout?: number;
  /**
   * Called if Ctrl-C was pressed during the query, after the terminal's mode is restored. In raw mode Ctrl-C is only a
   * character.
   * @defaultValue sends SIGINT to this process
   */
  readonly interrupt?: () => void;
}

const ESCAPE = '\x1b';
/** Asks whether the terminal could show a picture of one RGB pixel, with the id 31, without showing it. */
const KITTY_QUERY = `${ESCAPE}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA${ESCAPE}\\`;
/**
 * Asks for the primary device attributes. Every terminal answers this, and answers come in order: an answer for kitty
 * comes before it or not at all.
 */
const ATTRIBUTES_QUERY = `${ESCAPE}[c`;
/** Moves the cursor back and clears the rest of the line, for terminals that print unknown sequences. */
const QUERY = `${ESCAPE}7${KITTY_QUERY}${ESCAPE}8${ESCAPE}[K${ATTRIBUTES_QUERY}`;

/** Keys, which include the id, then `OK` or an error. */
const KITTY_ANSWER = new RegExp(`${ESCAPE}_G(?:[^;${ESCAPE}]*,)?i=31(?:,[^;${ESCAPE}]*)?;([^${ESCAPE}]*)${ESCAPE}\\\\`);
/** The terminal class, then its attributes. */
const ATTRIBUTES_ANSWER = new RegExp(`${ESCAPE}\\[\\?\\d*((?:;\\d*)*)c`);
/** The attribute for sixel graphics. */
const SIXEL = '4';
const CTRL_C = '\x03';

/**
 * Asks the terminal whether it shows pictures: by kitty's graphics protocol, by sixels, or undefined for neither.
 *
 * Only asks if both input and output are a terminal, this process is in the foreground and nothing else reads the
 * input; never if TERM is `dumb` or CI is set. The terminal is in raw mode until it has answered or time is up, and
 * then as before. Keys typed meanwhile are put back into the input for its next reader. The input is left paused unless
 * it was flowing: call `resume()` to listen to it. Never throws: a terminal that fails shows no pictures.
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
  // Another reader would mistake the answers for typed text.
  const readers = input.listenerCount('data') + input.listenerCount('readable');
  return terminals && readers === 0 && (input !== process.stdin || inForeground());
}

/** Whether this process may change its terminal's mode: a background process would be stopped. Known only on Linux. */
function inForeground(): boolean {
  try {
    // The fields after the name, which may contain anything: state, parent, group, session, terminal, foreground group.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return foreground === '-1' || foreground === group;
  } catch {
    return true;
  }
}

/** Everything that arrived before the attributes' answer or the timeout, one character per byte. */
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
      // Setting the mode of a closed terminal causes another error event.
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      input.off('data', take).off('end', end).off('close', end);
      // Pause before more data arrives, which would be lost without a listener.
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

/** Whether the terminal accepted the mode. A closed terminal may throw or emit an error. */
function setRawMode(input: TerminalInput, raw: boolean): boolean {
  try {
    input.setRawMode?.(raw);
    return true;
  } catch {
    return false;
  }
}

/** Acts as Ctrl-C would have: calls the listeners for SIGINT, or ends this process. */
function interruptProcess(): void {
  // On Windows, sending the signal would end the process even if there are listeners.
  if (!process.emit('SIGINT')) process.kill(process.pid, 'SIGINT');
}
