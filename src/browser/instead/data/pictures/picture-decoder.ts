/** Decodes pictures with the browser's own decoders. */
import type * as Original from '../../../../data/pictures/picture-decoder.js';
import { stretched } from '../../../pixels.js';

export const pictureDecoder: typeof Original.pictureDecoder = async () => (bytes, most) => {
  const decode = async () => {
    const picture = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const pixels = picture.width * picture.height;
    if (most === undefined || pixels <= most) return picture;
    picture.close();
    throw new Error(`it has ${pixels} pixels, more than its bytes can hold`);
  };
  return {
    async facts() {
      const picture = await decode();
      const { width, height } = picture;
      picture.close();
      return { width, height, grey: isGrey(bytes) };
    },
    async pixels(shape) {
      const picture = await decode();
      try {
        return stretched(picture, shape);
      } finally {
        picture.close();
      }
    },
  };
};

/** Whether a PNG or JPEG file says that it has shades of grey only. */
function isGrey(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x89) return bytes[25] === 0 || bytes[25] === 4;
  if (bytes[0] !== 0xff) return false;
  // The segments of a JPEG file: a marker, and a length that counts itself. That of the frame has the components.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes[at + 2] * 256 + bytes[at + 3]) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return bytes[at + 9] === 1;
  }
  return false;
}
