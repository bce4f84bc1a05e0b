/** Reads text files in blocks of whole lines, or in pieces of any lines, in bounded memory. */
import { isUtf8 } from 'node:buffer';
import { checkPath } from '../../platform/replace-file.js';
import { chunksAt } from '../files/data-file.js';
import { plainChunks } from '../files/gzip.js';
import { dataFileError } from '../formats/data-file-error.js';

/** Some text of a file. */
export interface TextBlock {
  /** Whole lines, each with `\n` at its end, whatever stands there in the file; of pieces, any characters. */
  readonly text: string;
  /** The number of the first line, from 1. */
  readonly line: number;
}

/** How a text is cut: after a line, whose length is limited then, or after any character. */
export type Cut = 'lines' | 'pieces';

/** Bytes that are read at a time. */
const BLOCK_BYTES = 1 << 16;

/** The longest line, and the longest row over several lines, in bytes or characters. */
export const MAX_LINE = 1 << 20;

const NEWLINE = 10;
const BOM = '\ufeff';

/**
 * Reads a text file (UTF-8, with or without a byte-order mark; also as gzip) in blocks.
 *
 * @throws Error `ERR_DATA_FILE` when it cannot be read, is damaged, is not UTF-8 or, cut after lines, has one of more
 * than 1 MiB; with the number of the line
 */
export async function* textBlocks(path: string, cut: Cut = 'lines'): AsyncGenerator<TextBlock, void, void> {
  checkPath(path);
  yield* decode(
    chunksAt(path, (file) => plainChunks(file, BLOCK_BYTES)),
    path,
    cut,
  );
}

/** A text that is looked at, to find out how it is written, and then read. */
export interface TableText {
  /** What error messages call it. */
  readonly name: string;
  /** Blocks from the beginning on, to look at; any number of times. */
  look(cut?: Cut): AsyncIterable<TextBlock>;
  /** All blocks: of a file any number of times, of a stream once, after all looks. */
  read(cut?: Cut): AsyncIterable<TextBlock>;
}

/** The text of a file. */
export function fileText(path: string): TableText {
  const blocks = (cut?: Cut) => textBlocks(path, cut);
  return { name: path, look: blocks, read: blocks };
}

/**
 * The text of a stream, such as standard input: plain, not packed. What is looked at is kept until it is read.
 *
 * @param name - what error messages call it
 */
export function streamText(stream: AsyncIterable<Buffer>, name: string): TableText {
  const chunks = stream[Symbol.asyncIterator]();
  const kept: Buffer[] = [];
  async function* seen(): AsyncGenerator<Buffer, void, void> {
    for (let i = 0; ; i++) {
      if (i === kept.length) {
        const next = await chunks.next();
        if (next.done) return;
        kept.push(next.value);
      }
      yield kept[i];
    }
  }
  async function* all(): AsyncGenerator<Buffer, void, void> {
    try {
      for (let chunk = kept.shift(); chunk; chunk = kept.shift()) yield chunk;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  }
  return { name, look: (cut) => decode(seen(), name, cut), read: (cut) => decode(all(), name, cut) };
}

async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  cut: Cut = 'lines',
): AsyncGenerator<TextBlock, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let begun = false;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = cut === 'lines' ? bytes.lastIndexOf(NEWLINE) + 1 : lastCharacter(bytes);
    rest = bytes.subarray(end);
    if (rest.length > MAX_LINE) throw tooLong(path, end === 0 ? line : line + newlines(bytes.subarray(0, end)));
    if (end === 0) continue;
    const text = textOf(bytes.subarray(0, end), line, path);
    yield { text: begun ? text : withoutMark(text), line };
    begun = true;
    line += newlines(bytes.subarray(0, end));
  }
  if (rest.length === 0) return;
  const text = textOf(rest, line, path);
  yield { text: `${begun ? text : withoutMark(text)}\n`, line };
}

/** Where the last character begins: it may go on in the next chunk, as a line break of two bytes may. */
function lastCharacter(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > 0 && at > bytes.length - LONGEST_CHARACTER && (bytes[at] & 0xc0) === 0x80) at--;
  return Math.max(at, 0);
}

/** The most bytes of a character in UTF-8. */
const LONGEST_CHARACTER = 4;

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function textOf(bytes: Buffer, line: number, path: string): string {
  const bad = !isUtf8(bytes) || bytes.includes(0) ? badLine(bytes) : -1;
  if (bad >= 0) throw notText(bytes, line + bad, path);
  const text = bytes.toString('utf8');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function withoutMark(text: string): string {
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** The first line, from 0, that is not UTF-8 or has a zero. */
function badLine(bytes: Buffer): number {
  for (let line = 0, from = 0; ; line++) {
    const newline = bytes.indexOf(NEWLINE, from);
    const part = bytes.subarray(from, newline < 0 ? bytes.length : newline);
    if (newline < 0 || !isUtf8(part) || part.includes(0)) return line;
    from = newline + 1;
  }
}

function notText(bytes: Buffer, line: number, path: string): Error {
  const mark = line === 1 ? bytes.subarray(0, 2).toString('hex') : '';
  const hint =
    mark === 'fffe' || mark === 'feff'
      ? 'it is UTF-16; save it as UTF-8'
      : `if it is text of another encoding, convert it: iconv -f WINDOWS-1252 -t UTF-8`;
  return dataFileError(`Expected UTF-8 text in ${path} but line ${line} has bytes that are not: ${hint}`);
}

/** The error for a line, or a row over several lines, that is too long to be one. */
export function tooLong(path: string, line: number): Error {
  return dataFileError(
    `Expected lines of at most ${MAX_LINE} bytes in ${path} but the row at line ${line} is longer: ` +
      'is a quote never closed, or is it another kind of file?',
  );
}
