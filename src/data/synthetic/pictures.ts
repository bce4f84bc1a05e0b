import { LITTLE_ENDIAN } from '../arrays/byte-order.js';
import { CLASS_COUNT, IMAGE_BYTES, IMAGE_SIDE, PLANE_BYTES } from '../formats/cifar10-layout.js';
import { BIAS, blended, bytes, byteTable, packed, WHITE, whole } from './packed-pixels.js';
import { FIRST_PATTERN, SHAPE_EXTENT, shapeTables, TABLE_SIDE } from './shapes.js';
import { SplitMix32 } from './split-mix.js';
import { drawTexture, NOISE_STRENGTHS, textureTable } from './textures.js';

/** Red, green and blue, 0 … 255. */
type Colour = readonly [red: number, green: number, blue: number];

/** The colour that each class is painted in more often than in others, by label. */
const PAINTS: readonly Colour[] = [
  [208, 62, 54],
  [232, 176, 48],
  [52, 104, 190],
  [60, 150, 76],
  [214, 214, 202],
  [222, 196, 80],
  [206, 72, 120],
  [150, 180, 214],
  [128, 76, 150],
  [74, 62, 58],
];

/** The background that each class has more often than others, by label: the colours at the top and at the bottom. */
const SCENES: readonly (readonly number[])[] = [
  [104, 156, 210, 184, 204, 218], // sky
  [150, 190, 210, 34, 84, 128], // sea
  [150, 186, 120, 76, 116, 44], // meadow
  [222, 200, 160, 176, 140, 92], // sand
  [98, 66, 118, 224, 132, 84], // dusk
  [36, 40, 76, 66, 72, 108], // night
  [190, 198, 212, 212, 216, 220], // snow
  [152, 84, 66, 110, 58, 48], // brick
  [44, 74, 46, 84, 98, 56], // forest
  [132, 136, 142, 84, 88, 96], // slate
];

/**
 * How often a class has its favourite colour and its favourite background. The rest of the time any of the ten is
 * drawn. These two set how far a net gets without recognising shapes, and so how hard the data set is.
 */
const FAVOURITE_PAINT = 0.3;
const FAVOURITE_SCENE = 0.36;

/** Streams of the seed: training pictures from 0 on, test pictures from here on, and the labels of each above. */
const TEST_STREAMS = 1 << 30;
const LABEL_STREAMS = 1 << 29;
/** Positions in a table are in units of 1/1024 cell. */
const CELL_BITS = 10;
const CELL = 1 << CELL_BITS;
/** Of {@link TABLE_SIDE}, a power of two. */
const TABLE_BITS = 6;
const TABLE_MASK = TABLE_SIDE - 1;
const TABLE_CELLS = TABLE_SIDE * TABLE_SIDE;

/**
 * Paints record after record. Everything that a picture shows is drawn from the record's own stream first; the loops
 * over its pixels then only add and look up integers.
 */
export class PicturePainter {
  readonly #seed: number;
  readonly #random = new SplitMix32();
  readonly #shapes = shapeTables();
  readonly #textures = textureTable();
  readonly #bytes = byteTable();
  /** The picture being painted, as packed pixels. */
  readonly #canvas = new Int32Array(PLANE_BYTES);

  /** @param seed - an integer in 0 … 2³² − 1 */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /**
   * Paints one record and returns its label: a pure function of the seed, the split and the index.
   *
   * @param split - whether it is a training record or a test record
   * @param index - 0 … 2²⁴ − 1
   * @param words - receives the picture: 3072 bytes as 768 words, in the order height, width, channel
   * @param at - the first of these words in `words`
   */
  paint(split: 'training' | 'test', index: number, words: Uint32Array, at: number): number {
    const stream = split === 'test' ? TEST_STREAMS : 0;
    const label = this.#label(stream, index);
    const random = this.#random;
    random.seek(this.#seed, stream + index);
    const exposure = random.between(-30, 30);
    const noise = random.below(NOISE_STRENGTHS);
    this.#paintBackground(drawBackground(random, label, exposure, noise));
    this.#paintShape(drawShape(random, label, exposure, noise));
    this.#develop(words, at);
    return label;
  }

  /** Each run of ten records has each class once: position p of run k has label (a·p + b) mod 10, a coprime to 10. */
  #label(stream: number, index: number): number {
    const position = index % CLASS_COUNT;
    this.#random.seek(this.#seed, stream + LABEL_STREAMS + Math.floor(index / CLASS_COUNT));
    const factor = [1, 3, 7, 9][this.#random.below(4)];
    return (factor * position + this.#random.below(CLASS_COUNT)) % CLASS_COUNT;
  }

  #paintBackground({ top, bottom, textureAt }: Background): void {
    const canvas = this.#canvas;
    const textures = this.#textures;
    for (let y = 0; y < IMAGE_SIDE; y++) {
      const colour = mixed(top, bottom, y / IMAGE_SIDE);
      const row = y * IMAGE_SIDE;
      const textureRow = textureAt + y * TABLE_SIDE;
      for (let x = 0; x < IMAGE_SIDE; x += 4) {
        const pixel = row + x;
        const cell = textureRow + x;
        canvas[pixel] = (colour + textures[cell]) | 0;
        canvas[pixel + 1] = (colour + textures[cell + 1]) | 0;
        canvas[pixel + 2] = (colour + textures[cell + 2]) | 0;
        canvas[pixel + 3] = (colour + textures[cell + 3]) | 0;
      }
    }
  }

  #paintShape(shape: Shape): void {
    const { along, across, left, right, beyond, table, colour, lightX, textureAt } = shape;
    const canvas = this.#canvas;
    const shapes = this.#shapes;
    const textures = this.#textures;
    for (let y = shape.top; y < shape.bottom; y++) {
      const row = y * IMAGE_SIDE;
      const textureRow = textureAt + y * TABLE_SIDE;
      const lightY = Math.imul(shape.lightY, y - 16);
      let u = (shape.u - Math.imul(across, y) + Math.imul(along, left)) | 0;
      let v = (shape.v + Math.imul(along, y) + Math.imul(across, left)) | 0;
      for (let x = left; x < right; x++, u = (u + along) | 0, v = (v + across) | 0) {
        if (((u | v) & beyond) !== 0) continue;
        const cell = (((v >> CELL_BITS) & TABLE_MASK) << TABLE_BITS) | ((u >> CELL_BITS) & TABLE_MASK);
        const coverage = shapes[table + cell];
        if (coverage === 0) continue;
        const light = (lightY + Math.imul(lightX, x - 16)) >> 8;
        const paint = (colour + textures[textureRow + x] + Math.imul(light, WHITE)) | 0;
        canvas[row + x] = coverage === 255 ? paint : blended(canvas[row + x], paint, coverage);
      }
    }
  }

  /** Writes the picture as bytes, four pixels to three words. */
  #develop(words: Uint32Array, at: number): void {
    const canvas = this.#canvas;
    const table = this.#bytes;
    for (let pixel = 0, word = at; pixel < PLANE_BYTES; pixel += 4, word += 3) {
      const first = bytes(canvas[pixel], table);
      const second = bytes(canvas[pixel + 1], table);
      const third = bytes(canvas[pixel + 2], table);
      const fourth = bytes(canvas[pixel + 3], table);
      words[word] = first | (second << 24);
      words[word + 1] = (second >> 8) | (third << 16);
      words[word + 2] = (third >> 16) | (fourth << 8);
    }
    if (!LITTLE_ENDIAN) Buffer.from(words.buffer, words.byteOffset + at * 4, IMAGE_BYTES).swap32();
  }
}

/** What is behind the shape. */
interface Background {
  /** Colours of the first row, and of the row below the last. */
  readonly top: Colour;
  readonly bottom: Colour;
  /** Where the texture table is read from. */
  readonly textureAt: number;
}

function drawBackground(random: SplitMix32, label: number, exposure: number, noise: number): Background {
  const scene = SCENES[random.between(0, 1) < FAVOURITE_SCENE ? label : random.below(SCENES.length)];
  const red = exposure + random.between(-20, 20);
  const green = exposure + random.between(-20, 20);
  const blue = exposure + random.between(-20, 20);
  return {
    top: [scene[0] + red, scene[1] + green, scene[2] + blue],
    bottom: [scene[3] + red, scene[4] + green, scene[5] + blue],
    textureAt: drawTexture(random, noise),
  };
}

/** The packed pixel at `part` (0 … 1) of the way from `top` to `bottom`. */
function mixed(top: Colour, bottom: Colour, part: number): number {
  const red = whole(top[0] + (bottom[0] - top[0]) * part);
  const green = whole(top[1] + (bottom[1] - top[1]) * part);
  const blue = whole(top[2] + (bottom[2] - top[2]) * part);
  return BIAS + packed(red, green, blue);
}

/** The shape: where it is and how it is painted. */
interface Shape {
  /** The first cell of its table. */
  readonly table: number;
  /** The table's column and row under the first pixel, in 1/1024 cell. */
  readonly u: number;
  readonly v: number;
  /** A pixel to the right adds (along, across) to (u, v), a pixel down (−across, along). */
  readonly along: number;
  readonly across: number;
  /** The pixels that may show it: columns `left` (included) to `right` (excluded), rows `top` to `bottom`. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Bits of u or v that are set outside the table; none for a pattern, which repeats. */
  readonly beyond: number;
  /** A packed pixel. */
  readonly colour: number;
  /** Brightness that each pixel to the right, and each pixel down, adds, in 1/256. */
  readonly lightX: number;
  readonly lightY: number;
  /** Where the texture table is read from. */
  readonly textureAt: number;
}

function drawShape(random: SplitMix32, label: number, exposure: number, noise: number): Shape {
  const pattern = label >= FIRST_PATTERN;
  const radius = pattern ? random.between(5, 9) : random.between(6, 12.5);
  const reach = pattern ? 16 : 0.8 * (20 - radius);
  const x = 15.5 + random.between(-reach, reach);
  const y = 15.5 + random.between(-reach, reach);
  // A rotation by rational functions, since sine and cosine may differ between engines; t = 0.22 turns by 25°.
  const t = random.between(-0.22, 0.22);
  const scale = (CELL * TABLE_SIDE) / (2 * SHAPE_EXTENT * radius) / (1 + t * t);
  const along = whole(scale * (1 - t * t));
  const across = whole(scale * 2 * t);
  const middle = (CELL * TABLE_SIDE) / 2;
  return {
    table: label * TABLE_CELLS,
    u: whole(middle - along * x + across * y),
    v: whole(middle - across * x - along * y),
    along,
    across,
    left: pattern ? 0 : whole(Math.max(0, x - 1.25 * radius)),
    right: pattern ? IMAGE_SIDE : whole(Math.min(IMAGE_SIDE, x + 1.25 * radius + 1)),
    top: pattern ? 0 : whole(Math.max(0, y - 1.25 * radius)),
    bottom: pattern ? IMAGE_SIDE : whole(Math.min(IMAGE_SIDE, y + 1.25 * radius + 1)),
    beyond: pattern ? 0 : -(TABLE_SIDE * CELL),
    colour: drawPaint(random, label, exposure),
    lightX: whole(256 * random.between(-1.6, 1.6)),
    lightY: whole(256 * random.between(-1.6, 1.6)),
    textureAt: drawTexture(random, noise),
  };
}

function drawPaint(random: SplitMix32, label: number, exposure: number): number {
  const paint = PAINTS[random.between(0, 1) < FAVOURITE_PAINT ? label : random.below(PAINTS.length)];
  const red = whole(paint[0] + exposure + random.between(-25, 25));
  const green = whole(paint[1] + exposure + random.between(-25, 25));
  const blue = whole(paint[2] + exposure + random.between(-25, 25));
  return BIAS + packed(red, green, blue);
}
