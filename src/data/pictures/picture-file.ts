/** One picture: what its file says of it, and its pixels. */
import { codeOf, isError } from '../../validation/kinds.js';
import type { ImageShape } from '../dataset-input.js';
import { withReader } from '../files/byte-reader.js';
import { fileChunks, withDataFile } from '../files/data-file.js';
import { MOST_DEFLATED } from '../files/gzip.js';
import { dataFileError } from '../formats/data-file-error.js';
import { type PictureDecoder, type PictureFacts, pictureDecoder } from './picture-decoder.js';

/** The most pixels of a picture: decoding takes up to 4 bytes of memory for each. */
const MOST_PIXELS = 2 ** 26;
/**
 * The most pixels of a picture of few bytes: Deflate, the strongest of the usual compressions, makes 1032 bytes of one,
 * and these are up to 8 pixels each. Some formats store a plain picture of any size in a few bytes.
 */
const mostPixels = (bytes: number) => Math.min(MOST_PIXELS, 2 ** 22 + 8 * MOST_DEFLATED * bytes);
/** The most bytes of a file, which is read whole. */
const MOST_BYTES = 2 ** 26;

/** A picture: the path of its file, or its bytes, with what error messages call it. */
export type PictureSource = string | { readonly name: string; readonly bytes: Uint8Array };

function nameOf(source: PictureSource): string {
  return typeof source === 'string' ? source : source.name;
}

/** How files of each kind begin; the kinds are the only ones that the library is given. */
const BEGINNINGS = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a'];

/** Whether a file that begins with these bytes is a picture. */
export function isPicture(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
  return BEGINNINGS.some((bytes) => text.startsWith(bytes)) || (text.startsWith('RIFF') && text.endsWith('WEBP'));
}

/** Bytes that {@link isPicture} looks at. */
export const HEAD_BYTES = 12;

/** What the names of pictures end in. */
export const PICTURE_NAME = /\.(png|jpe?g|gif|webp)$/i;

/**
 * What a file says of its picture.
 *
 * @throws Error `ERR_DATA_FILE` with the path, for damage, other files and pictures of more than 2²⁶ pixels; Error
 * `ERR_MISSING_PEER`
 */
export async function pictureFacts(source: PictureSource): Promise<PictureFacts> {
  const path = nameOf(source);
  // Nothing is decoded yet: the error below names the size.
  const { picture, most } = await openPicture(source, false);
  return explained(path, async () => {
    const facts = await picture.facts();
    const { width, height } = facts;
    if (width * height > most) {
      const reason = most < MOST_PIXELS ? ', more than its bytes can hold' : '';
      throw dataFileError(`Expected at most ${most} pixels in ${path} but found ${width} × ${height}${reason}`);
    }
    return facts;
  });
}

/**
 * The pixels of a picture: height · width · channels bytes in this order. It is turned as its camera says
 * and stretched to the size; what is transparent becomes white; of an animation it is the first frame.
 *
 * @throws as {@link pictureFacts}
 */
export async function picturePixels(source: PictureSource, shape: ImageShape): Promise<Uint8Array> {
  const { picture } = await openPicture(source, true);
  return explained(nameOf(source), () => picture.pixels(shape));
}

async function openPicture(
  source: PictureSource,
  limited: boolean,
): Promise<{ picture: PictureDecoder; most: number }> {
  const decoder = await pictureDecoder();
  const path = nameOf(source);
  const bytes = typeof source === 'string' ? await pictureBytes(source) : source.bytes;
  if (!isPicture(bytes))
    throw dataFileError(`Expected a picture (PNG, JPEG, GIF or WebP) at ${path} but found other bytes`);
  const most = mostPixels(bytes.length);
  return { picture: decoder(bytes, limited ? most : undefined), most };
}

function pictureBytes(path: string): Promise<Uint8Array> {
  return withDataFile(path, (file) => {
    if (file.size > MOST_BYTES)
      throw dataFileError(`Expected a picture of at most ${MOST_BYTES} bytes at ${path} but found ${file.size}`);
    return withReader(fileChunks(file), path, (reader) => reader.bytes(file.size, 'a picture'));
  });
}

/** The error of this package for one of the library's, which are all about the picture. */
async function explained<R>(path: string, decode: () => Promise<R>): Promise<R> {
  try {
    return await decode();
  } catch (error) {
    // A browser's errors have numbers as codes.
    if (!isError(error) || typeof codeOf(error) === 'string') throw error;
    const reason = error.message.trim().split('\n')[0];
    throw dataFileError(`Expected an intact picture at ${path} but found damage: ${reason}`, error);
  }
}
