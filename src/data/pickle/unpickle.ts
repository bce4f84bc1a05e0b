/**
 * Reads pickles of Python: lists, dictionaries, texts, numbers and NumPy's arrays, as CIFAR-10 and CIFAR-100 are
 * distributed (protocol 2, written by Python 2), or as Python 3 writes the same (protocols 3 to 5).
 *
 * A pickle is a program for a machine with a stack, and Python runs what it names. This reader knows just the opcodes
 * that such files have (https://github.com/python/cpython/blob/main/Lib/pickletools.py describes them all) and four
 * names, which it takes as data. It stops at anything else.
 */
import type { Pieces } from '../../platform/turns.js';
import { callOf, globalOf, KNOWN_GLOBALS, setState } from './numpy-objects.js';
import { type Pickled, PickledDictionary, textOf } from './values.js';

/** The most opcodes that are read. The pickle of CIFAR-100's training rows has 200 000. */
const MOST_OPCODES = 1_000_000;

/** The most lists, tuples and dictionaries: they need more memory than their bytes in the file. */
const MOST_CONTAINERS = 10_000;

/** Opcodes that are read in a piece: less than a millisecond. */
const PIECE = 4096;

/** The first byte of every pickle that is read: the opcode that names the protocol. */
const PROTOCOL = 0x80;

/** Whether a file that begins with these bytes is a pickle of protocol 2 or later. */
export function isPickle(head: Uint8Array): boolean {
  return head[0] === PROTOCOL && head[1] >= 2 && head[1] <= 5;
}

/** Makes the error for something else than was expected, at a byte. */
export type PickleFail = (expected: string, found: string, at: number) => Error;

/**
 * The value that a pickle holds, in pieces of work.
 *
 * @param bytes - the whole file; bytes in the value are views of it
 * @throws what `fail` makes
 */
export function* unpickle(bytes: Buffer, fail: PickleFail): Pieces<Pickled> {
  const machine = new Machine(bytes, fail);
  if (!isPickle(bytes)) throw fail('a pickle of protocol 2 to 5', 'other bytes', 0);
  for (let count = 0; machine.step(); count++) {
    if (count >= MOST_OPCODES) throw fail(`at most ${MOST_OPCODES} opcodes`, 'more', machine.at);
    if (count % PIECE === PIECE - 1) yield;
  }
  return machine.result();
}

/** The stack between two marks. */
type Frame = Pickled[];

class Machine {
  /** The byte of the opcode that is read. */
  at = 0;
  readonly #bytes: Buffer;
  readonly #fail: PickleFail;
  #next = 0;
  #stack: Frame = [];
  /** The stacks below the marks. */
  readonly #below: Frame[] = [];
  readonly #memo = new Map<number, Pickled>();
  #containers = 0;

  constructor(bytes: Buffer, fail: PickleFail) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  /** Reads an opcode; whether it was not the last one. */
  step(): boolean {
    this.at = this.#next;
    const opcode = this.#bytes[this.#take(1, 'an opcode')];
    if (opcode === STOP) return false;
    const operation = OPERATIONS.get(opcode);
    if (!operation) {
      const shown = `0x${opcode.toString(16).padStart(2, '0')}`;
      throw this.#fail('an opcode of lists, dictionaries, texts, numbers and arrays', shown, this.at);
    }
    operation(this);
    return true;
  }

  /** The value, after the last opcode. */
  result(): Pickled {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#below.length > 0) throw this.error('one value at the end', 'more');
    if (this.#next < this.#bytes.length) throw this.#fail('the end of the pickle', 'more bytes', this.#next);
    return value;
  }

  error(expected: string, found: string): Error {
    return this.#fail(expected, found, this.at);
  }

  push(value: Pickled): void {
    this.#stack.push(value);
  }

  /** Pushes a list, a tuple or a dictionary. */
  pushContainer(value: Pickled): void {
    if (++this.#containers > MOST_CONTAINERS) throw this.error(`at most ${MOST_CONTAINERS} lists and tuples`, 'more');
    this.push(value);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined) throw this.error('a value on the stack', 'none');
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    if (this.#below.length >= MOST_CONTAINERS) throw this.error(`at most ${MOST_CONTAINERS} marks`, 'more');
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** Takes all values above the last mark. */
  popToMark(): Pickled[] {
    const values = this.#stack;
    const below = this.#below.pop();
    if (!below) throw this.error('a mark on the stack', 'none');
    this.#stack = below;
    return values;
  }

  put(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  get(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.error('a value that was kept', `none under ${index}`);
    this.push(value);
  }

  /** An unsigned number of `width` bytes, little-endian. */
  number(width: 1 | 2 | 4): number {
    return this.#bytes.readUIntLE(this.#take(width, 'a number'), width);
  }

  signed(): number {
    return this.#bytes.readInt32LE(this.#take(4, 'a number'));
  }

  /** A length of 8 bytes. */
  length(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#take(8, 'a length')));
  }

  /** The next `count` bytes, as a view. */
  view(count: number): Buffer {
    const from = this.#take(count, `${count} bytes of a text or of numbers`);
    return this.#bytes.subarray(from, from + count);
  }

  /** A line of text. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#next);
    if (end < 0 || end - this.#next > 100) throw this.error('the name of a module or of what is in it', 'no line');
    const from = this.#take(end + 1 - this.#next, 'a line');
    return this.#bytes.toString('latin1', from, end);
  }

  #take(count: number, what: string): number {
    const from = this.#next;
    if (!(count <= this.#bytes.length - from)) throw this.#fail(what, 'the end of the file', from);
    this.#next += count;
    return from;
  }
}

const STOP = 0x2e;

/** What each opcode does, by its byte. Names are those of Python's pickletools. */
const OPERATIONS: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [PROTOCOL, (m) => void m.number(1)], // PROTO
  [0x95, (m) => void m.length()], // FRAME
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m) => m.push(m.number(1))], // BININT1
  [0x4d, (m) => m.push(m.number(2))], // BININT2
  [0x4a, (m) => m.push(m.signed())], // BININT
  [0x55, (m) => m.push(m.view(m.number(1)))], // SHORT_BINSTRING
  [0x54, (m) => m.push(m.view(m.number(4)))], // BINSTRING
  [0x43, (m) => m.push(m.view(m.number(1)))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.view(m.number(4)))], // BINBYTES
  [0x8e, (m) => m.push(m.view(m.length()))], // BINBYTES8
  [0x96, (m) => m.push(m.view(m.length()))], // BYTEARRAY8
  [0x8c, (m) => m.push(m.view(m.number(1)).toString())], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.view(m.number(4)).toString())], // BINUNICODE
  [0x5d, (m) => m.pushContainer([])], // EMPTY_LIST
  [0x29, (m) => m.pushContainer([])], // EMPTY_TUPLE
  [0x7d, (m) => m.pushContainer(new PickledDictionary())], // EMPTY_DICT
  [0x28, (m) => m.mark()], // MARK
  [0x61, (m) => append(m, [m.pop()])], // APPEND
  [0x65, (m) => append(m, m.popToMark())], // APPENDS
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popToMark())], // SETITEMS
  [0x74, (m) => m.pushContainer(m.popToMark())], // TUPLE
  [0x85, (m) => m.pushContainer([m.pop()])], // TUPLE1
  [0x86, (m) => m.pushContainer([m.pop(), m.pop()].reverse())], // TUPLE2
  [0x87, (m) => m.pushContainer([m.pop(), m.pop(), m.pop()].reverse())], // TUPLE3
  [0x71, (m) => m.put(m.number(1))], // BINPUT
  [0x72, (m) => m.put(m.number(4))], // LONG_BINPUT
  [0x94, (m) => m.put()], // MEMOIZE
  [0x68, (m) => m.get(m.number(1))], // BINGET
  [0x6a, (m) => m.get(m.number(4))], // LONG_BINGET
  [0x63, (m) => pushGlobal(m, m.line(), m.line())], // GLOBAL
  [0x93, (m) => pushStackGlobal(m)], // STACK_GLOBAL
  [0x52, (m) => reduce(m)], // REDUCE
  [0x62, (m) => build(m)], // BUILD
]);

function append(machine: Machine, values: readonly Pickled[]): void {
  const list = machine.top();
  if (!Array.isArray(list)) throw machine.error('a list to append to', 'another value');
  for (const value of values) list.push(value);
}

function setItems(machine: Machine, values: readonly Pickled[]): void {
  const dictionary = machine.top();
  if (!(dictionary instanceof PickledDictionary)) throw machine.error('a dictionary', 'another value');
  for (let i = 0; i < values.length; i += 2) {
    const key = textOf(values[i]);
    if (key === undefined || i + 1 === values.length) throw machine.error('pairs of a text and a value', 'others');
    dictionary.entries.set(key, values[i + 1]);
  }
}

function pushStackGlobal(machine: Machine): void {
  const [name, module] = [textOf(machine.pop()), textOf(machine.pop())];
  if (name === undefined || module === undefined) throw machine.error('two texts that name a global', 'others');
  pushGlobal(machine, module, name);
}

function pushGlobal(machine: Machine, module: string, name: string): void {
  const known = globalOf(module, name);
  if (!known) {
    const found = JSON.stringify(`${module}.${name}`.slice(0, 80));
    throw machine.error(`only ${KNOWN_GLOBALS} to be named`, `${found}, which is not run`);
  }
  machine.push(known);
}

function reduce(machine: Machine): void {
  const args = machine.pop();
  const value = callOf(machine.pop(), args);
  if (value === undefined) throw machine.error('the parts of an array or of its type', 'others');
  machine.push(value);
}

function build(machine: Machine): void {
  const state = machine.pop();
  if (!setState(machine.top(), state)) throw machine.error("the state of one of NumPy's arrays or types", 'another');
}
