/**
 * A look at a shared library's head before the system loads it. Loading a library of which the end is missing does not
 * fail: the process dies of SIGBUS as soon as it touches a page that the file has not. And for a library of another
 * processor the loader of glibc says that there is no such file.
 *
 * The format is ELF's, as the System V ABI and `man 5 elf` describe it; only what 64-bit little-endian Linux needs.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/** e_machine of Node's names of processors. */
const MACHINES: Readonly<Record<string, number>> = {
  ia32: 3,
  ppc64: 21,
  s390x: 22,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

const HEADER_SIZE = 64;
/** Program header types. */
const PT_LOAD = 1;
const PT_DYNAMIC = 2;

/** What is wrong with a file that should be a shared library of this system. */
export interface ElfFault {
  /** `damaged`: cut short or overwritten; `foreign`: whole, but for another kind of machine. */
  readonly kind: 'damaged' | 'foreign';
  /** In words, to follow the file's name. */
  readonly reason: string;
}

/**
 * What keeps `file` from being loaded, as far as its head tells; undefined where nothing does, and on systems with other
 * formats of libraries, whose loaders check for themselves. Bytes that were changed in its middle it cannot tell.
 *
 * @throws the file system's error where it cannot be read
 */
export function elfFault(file: string, arch: string = process.arch): ElfFault | undefined {
  if (process.platform !== 'linux') return undefined;
  const descriptor = openSync(file, 'r');
  try {
    return faultOf(descriptor, fstatSync(descriptor).size, arch);
  } finally {
    closeSync(descriptor);
  }
}

function faultOf(descriptor: number, size: number, arch: string): ElfFault | undefined {
  const read = (position: number, length: number) => {
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, position);
    return bytes;
  };
  const header = read(0, HEADER_SIZE);
  if (size < HEADER_SIZE || header.toString('latin1', 0, 4) !== '\x7fELF') {
    return damaged(`it is no ELF file, as shared libraries are on Linux, or a damaged one (${size} bytes)`);
  }
  const foreign = foreignTo(header, arch);
  if (foreign) return foreign;
  // 32-bit systems and those with the other order of bytes have other layouts: their loaders decide.
  if (header[4] !== 2 || header[5] !== 1) return undefined;
  const programHeaders = table(header, 32, 54);
  const sectionHeaders = table(header, 40, 58);
  const needed = Math.max(programHeaders.end, sectionHeaders.end);
  if (needed > size) return cutShort(size, needed);
  if (programHeaders.count === 0) return damaged('it is damaged: it has nothing to load');
  return segmentFault(read(programHeaders.offset, programHeaders.end - programHeaders.offset), size, read);
}

/** Where one of the header's two tables lies: its offset at `offsetAt`, size of an entry and their number at `sizeAt`. */
function table(header: Buffer, offsetAt: number, sizeAt: number) {
  const offset = Number(header.readBigUInt64LE(offsetAt));
  const count = header.readUInt16LE(sizeAt + 2);
  return { offset, count, end: offset + header.readUInt16LE(sizeAt) * count };
}

/** Every part that is mapped must be in the file, and what the loader goes by must be there. */
function segmentFault(headers: Buffer, size: number, read: (position: number, length: number) => Buffer) {
  const ENTRY = 56;
  let dynamic: Buffer | undefined;
  for (let at = 0; at + ENTRY <= headers.length; at += ENTRY) {
    const type = headers.readUInt32LE(at);
    const offset = Number(headers.readBigUInt64LE(at + 8));
    const inFile = Number(headers.readBigUInt64LE(at + 32));
    if (type === PT_LOAD && offset + inFile > size) return cutShort(size, offset + inFile);
    if (type === PT_DYNAMIC && offset + inFile <= size) dynamic = read(offset, Math.min(inFile, 1 << 16));
  }
  // Its first entry names a library that it needs; nothing at all means zeros in place of the table.
  return dynamic?.some((byte) => byte !== 0) ? undefined : damaged('it is damaged: its dynamic section is missing');
}

function foreignTo(header: Buffer, arch: string): ElfFault | undefined {
  const little = header[5] === 1;
  const machine = little ? header.readUInt16LE(18) : header.readUInt16BE(18);
  const expected = MACHINES[arch];
  if (expected === undefined || (machine === expected && little === (endianness() === 'LE'))) return undefined;
  const name = Object.keys(MACHINES).find((known) => MACHINES[known] === machine) ?? `another processor (${machine})`;
  return { kind: 'foreign', reason: `it is for ${name}, this is ${arch}` };
}

function damaged(reason: string): ElfFault {
  return { kind: 'damaged', reason };
}

function cutShort(size: number, needed: number): ElfFault {
  return damaged(`it is damaged: it ends after ${size} of at least ${needed} bytes`);
}
