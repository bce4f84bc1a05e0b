/**
 * Checks a shared library's headers before the system loads it. The system's loader does not notice that the end of a
 * library is missing: the process dies of SIGBUS as soon as it touches a page that the file lacks. And for a library of
 * another processor architecture, glibc's loader says that the file does not exist. The list of checksums covers only
 * addons that were published: this check also covers those that were built or copied.
 *
 * The format is ELF, as described by the System V ABI and `man 5 elf`; only what 64-bit little-endian Linux needs.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/** e_machine by Node's names of processor architectures. */
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

/** What is wrong with a file that should be a shared library for this system. */
export interface ElfFault {
  /** `damaged`: cut short or overwritten; `foreign`: intact, but for another processor architecture. */
  readonly kind: 'damaged' | 'foreign';
  /** In words that follow the file's name. */
  readonly reason: string;
}

/**
 * What is wrong with `file`, as far as its headers show; undefined if nothing is, and on systems with other formats of
 * libraries, whose loaders make these checks themselves. Changes in the middle of the file are not noticed.
 *
 * @throws the file system's error if it cannot be read
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
    return damaged(`it is not an ELF file, the format of Linux's shared libraries, or it is damaged (${size} bytes)`);
  }
  const foreign = foreignTo(header, arch);
  if (foreign) return foreign;
  // 32-bit and big-endian systems have other layouts: their loaders decide.
  if (header[4] !== 2 || header[5] !== 1) return undefined;
  const programHeaders = table(header, 32, 54);
  const sectionHeaders = table(header, 40, 58);
  const needed = Math.max(programHeaders.end, sectionHeaders.end);
  if (needed > size) return cutShort(size, needed);
  if (programHeaders.count === 0) return damaged('it is damaged: it has no program headers');
  return segmentFault(read(programHeaders.offset, programHeaders.end - programHeaders.offset), size, read);
}

/** One of the header's two tables: `offsetAt` has its offset, `sizeAt` the size of an entry, then their number. */
function table(header: Buffer, offsetAt: number, sizeAt: number) {
  const offset = Number(header.readBigUInt64LE(offsetAt));
  const count = header.readUInt16LE(sizeAt + 2);
  return { offset, count, end: offset + header.readUInt16LE(sizeAt) * count };
}

/** Every part that is mapped must be in the file, and so must the dynamic section, which the loader needs. */
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
  // Its first entry names a library that it needs: a section of zeros was overwritten.
  return dynamic?.some((byte) => byte !== 0) ? undefined : damaged('it is damaged: its dynamic section is missing');
}

function foreignTo(header: Buffer, arch: string): ElfFault | undefined {
  const little = header[5] === 1;
  const machine = little ? header.readUInt16LE(18) : header.readUInt16BE(18);
  const expected = MACHINES[arch];
  if (expected === undefined || (machine === expected && little === (endianness() === 'LE'))) return undefined;
  const name =
    Object.keys(MACHINES).find((known) => MACHINES[known] === machine) ??
    `another architecture (ELF machine ${machine})`;
  return { kind: 'foreign', reason: `it is for ${name}, but this is ${arch}` };
}

function damaged(reason: string): ElfFault {
  return { kind: 'damaged', reason };
}

function cutShort(size: number, needed: number): ElfFault {
  return damaged(`it is damaged: it has ${size} bytes, but needs at least ${needed}`);
}
