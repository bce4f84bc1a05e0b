import { crc32 } from 'node:zlib';
import { isSystemError } from '../../platform/replace-file.js';
import { isError } from '../../validation/kinds.js';
import { dataFileError } from '../formats/data-file-error.js';
import type { DataFile } from './data-file.js';
import { MOST_DEFLATED } from './gzip.js';
import { type OpenZip, openZip, type ZipEntry } from './open-zip.js';

/** The most files in an archive that are looked at. */
const MOST_ENTRIES = 1000;

/** The first bytes of an archive that has a file in it. */
const MAGIC = [0x50, 0x4b, 3, 4];

/** Whether a file that begins with these bytes is a ZIP archive. */
export function isZip(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/** A file in an archive. */
export interface ZippedFile {
  readonly name: string;
  /** Bytes, as the archive says; a stream of another length ends in an error. */
  readonly size: number;
  /** Its bytes. The checksum is checked at their end. */
  chunks(): AsyncGenerator<Uint8Array>;
}

/**
 * The files in a ZIP archive, which must stay open while they are read.
 *
 * @throws Error `ERR_DATA_FILE` when the list is damaged or has more than 1000 files, or when one of these says that it
 * inflates to more than its compressed bytes can hold
 */
export async function listZip(file: DataFile): Promise<ZippedFile[]> {
  try {
    const zip = await openZip(file);
    if (zip.entryCount > MOST_ENTRIES) throw damaged(file, `${zip.entryCount} files, more than ${MOST_ENTRIES}`);
    const files: ZippedFile[] = [];
    for await (const entry of zip.entries()) files.push(zippedFile(file, zip, entry));
    return files;
  } catch (error) {
    throw explained(file, error);
  }
}

function zippedFile(file: DataFile, zip: OpenZip, entry: ZipEntry): ZippedFile {
  const { fileName: name, uncompressedSize: size, compressedSize } = entry;
  if (size > compressedSize * MOST_DEFLATED) {
    throw damaged(file, `${name}, which says that its ${compressedSize} bytes inflate to ${size}`);
  }
  return { name, size, chunks: () => entryChunks(file, zip, entry) };
}

async function* entryChunks(file: DataFile, zip: OpenZip, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  let sum = 0;
  try {
    for await (const chunk of zip.chunks(entry)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw explained(file, error, entry);
  }
  if (sum !== entry.crc32) throw damaged(file, `another checksum of ${entry.fileName}`);
}

function damaged(file: DataFile, found: string, cause?: unknown): Error {
  return dataFileError(`Expected an intact ZIP archive in ${file.path} but found ${found}`, cause);
}

/** The error of this package for one of yauzl or zlib: all of those are about the archive. */
function explained(file: DataFile, error: unknown, entry?: ZipEntry): unknown {
  if (!isError(error) || isSystemError(error)) return error;
  if ('code' in error && (error.code === 'ERR_DATA_FILE' || error.code === 'ERR_MISSING_PEER')) return error;
  const place = entry ? ` in ${entry.fileName}, from byte ${entry.relativeOffsetOfLocalHeader}` : '';
  return damaged(file, `damage${place}: ${error.message}`, error);
}
