/** Clouds and noise, from one table that all pictures share. */
import { IMAGE_SIDE } from '../formats/cifar10-layout.js';
import { packed, WHITE, whole } from './packed-pixels.js';
import { TABLE_SIDE } from './shapes.js';
import { SplitMix32 } from './split-mix.js';

/** The stream of seed 0 for the texture table. */
const TEXTURE_STREAM = 2 ** 32 - 1;
const TABLE_CELLS = TABLE_SIDE * TABLE_SIDE;
/** A part of the texture table is 64 columns wide. A picture reads 32 × 32 of it, from one of the first 64 · 64 on. */
const TEXTURE_ENTRIES = TABLE_CELLS + IMAGE_SIDE * TABLE_SIDE;
/** The texture table has a part for each strength of noise and, within it, for each strength of clouds. */
export const NOISE_STRENGTHS = 4;
const CLOUD_STRENGTHS = 4;

/** A random place to read from, in a part of this strength of noise (0 … 3). */
export function drawTexture(random: SplitMix32, noise: number): number {
  const part = noise * CLOUD_STRENGTHS + random.below(CLOUD_STRENGTHS);
  return part * TEXTURE_ENTRIES + random.below(TABLE_CELLS);
}

let textures: Int32Array | undefined;

/**
 * What is added to a flat colour, as packed pixels: clouds, which are grey and smooth and repeat every 64 rows and
 * columns, and noise, with a standard deviation of 3.5, 7, 10.5 or 14 in each channel. The table is made at the first
 * call, and all seeds share it.
 */
export function textureTable(): Int32Array {
  if (textures) return textures;
  const random = new SplitMix32();
  random.seek(0, TEXTURE_STREAM);
  const coarse = Array.from({ length: 8 * 8 }, () => random.between(-1, 1));
  const fine = Array.from({ length: 16 * 16 }, () => random.between(-1, 1));
  textures = new Int32Array(NOISE_STRENGTHS * CLOUD_STRENGTHS * TEXTURE_ENTRIES);
  for (let entry = 0; entry < TEXTURE_ENTRIES; entry++) {
    const x = (entry % TABLE_SIDE) / TABLE_SIDE;
    const y = (Math.floor(entry / TABLE_SIDE) % TABLE_SIDE) / TABLE_SIDE;
    const cloud = lattice(coarse, 8, 8 * x, 8 * y) + 0.5 * lattice(fine, 16, 16 * x, 16 * y);
    const red = centredByteSum(random.next());
    const green = centredByteSum(random.next());
    const blue = centredByteSum(random.next());
    for (let noise = 0; noise < NOISE_STRENGTHS; noise++) {
      // 148 is the standard deviation of such a sum.
      const scale = (3.5 / 148) * (noise + 1);
      const grain = packed(whole(red * scale + 0.5), whole(green * scale + 0.5), whole(blue * scale + 0.5));
      for (let strength = 0; strength < CLOUD_STRENGTHS; strength++) {
        const part = noise * CLOUD_STRENGTHS + strength;
        textures[part * TEXTURE_ENTRIES + entry] = grain + Math.imul(whole(12 * strength * cloud + 0.5), WHITE);
      }
    }
  }
  return textures;
}

/** The sum of four uniform bytes minus its mean: nearly normal. */
function centredByteSum(bits: number): number {
  return (bits & 0xff) + ((bits >>> 8) & 0xff) + ((bits >>> 16) & 0xff) + (bits >>> 24) - 510;
}

/** A smooth function through `side` × `side` values that repeat. */
function lattice(values: readonly number[], side: number, x: number, y: number): number {
  const left = Math.floor(x);
  const up = Math.floor(y);
  const right = (left + 1) % side;
  const down = ((up + 1) % side) * side;
  const alongX = smooth(x - left);
  const above = values[up * side + left] * (1 - alongX) + values[up * side + right] * alongX;
  const below = values[down + left] * (1 - alongX) + values[down + right] * alongX;
  const alongY = smooth(y - up);
  return above * (1 - alongY) + below * alongY;
}

/** Rises from 0 to 1, with a slope of 0 at both ends. */
function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
