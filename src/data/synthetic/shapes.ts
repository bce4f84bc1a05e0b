/** The side of a shape's table: 64 × 64 values for −{@link SHAPE_EXTENT} … +{@link SHAPE_EXTENT} in both directions. */
export const TABLE_SIDE = 64;

/** Half the width that a shape's table covers, in units of the shape's radius. Beyond 1 it is an empty margin. */
export const SHAPE_EXTENT = 1.28;

/** What the ten classes of the synthetic data set show, by label. */
export const SYNTHETIC_CLASS_NAMES: readonly string[] = [
  'disc',
  'ring',
  'square',
  'triangle',
  'cross',
  'star',
  'heart',
  'crescent',
  'stripes',
  'checks',
];

/** Classes from this label on are patterns that fill the picture; those before are shapes on a background. */
export const FIRST_PATTERN = 8;

/** The width of the soft edge, in units of the radius: about one pixel at the sizes that are drawn. */
const EDGE = 0.13;

/**
 * How far (x, y), with y downwards, is outside a shape of radius about 1 around the origin; negative inside. Near the
 * edge it is almost the distance, which is enough for a soft edge.
 */
type Outside = (x: number, y: number) => number;

const OUTSIDE: readonly Outside[] = [
  disc,
  (x, y) => Math.abs(disc(x, y) + 0.24) - 0.22,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.82,
  // The sides have a slope of 2: (2, −1) / √5 is their normal.
  (x, y) => Math.max(y - 0.78, (2 * Math.abs(x) - y - 1) / Math.sqrt(5)),
  (x, y) => Math.max(Math.min(Math.abs(x), Math.abs(y)) - 0.3, Math.max(Math.abs(x), Math.abs(y)) - 0.98),
  star,
  heart,
  (x, y) => Math.max(disc(x, y), 0.8 - distance(x - 0.45, y + 0.15)),
  // Patterns repeat with the table, which has two periods in each direction.
  (_x, y) => wave(y),
  (x, y) => (wave(x) < 0 === wave(y) < 0 ? -1 : 1) * Math.min(Math.abs(wave(x)), Math.abs(wave(y))),
];

function distance(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

function disc(x: number, y: number): number {
  return distance(x, y) - 0.95;
}

/** A heart: two discs at the top, and a quarter of a square that touches both. */
function heart(x: number, y: number): number {
  const side = Math.abs(x);
  const lobe = distance(side - 0.46, y + 0.36) - 0.52;
  const point = Math.max((side + y - 0.88) * Math.SQRT1_2, -0.2 - y);
  return Math.min(lobe, Math.max(point, side - 0.98));
}

/**
 * A five-pointed star, point upwards, bounded by five lines. The pentagon in the middle is inside all five, and a tip
 * is inside all but one, so the second largest of the five distances decides.
 */
function star(x: number, y: number): number {
  const side = Math.abs(x);
  // The numbers are the cosine and sine of 18° and of 54°. The fifth line, on the left, is never among the largest two.
  const top = -y;
  const right = 0.9510565162951535 * side - 0.3090169943749474 * y;
  const below = 0.5877852522924731 * side + 0.8090169943749475 * y;
  const belowLeft = -0.5877852522924731 * side + 0.8090169943749475 * y;
  const second = Math.max(Math.min(Math.max(top, right), below), Math.min(top, right), belowLeft);
  return second - 0.36;
}

/** The distance outside bars that are half a period wide; the table is two periods wide. */
function wave(at: number): number {
  const phase = at / SHAPE_EXTENT;
  return (Math.abs(phase - Math.round(phase)) - 0.25) * SHAPE_EXTENT;
}

let tables: Uint8Array | undefined;

/**
 * The coverage (0 outside … 255 inside) of all ten shapes, at index label·64·64 + row·64 + column. Made at the first
 * call.
 */
export function shapeTables(): Uint8Array {
  if (tables) return tables;
  const side = TABLE_SIDE;
  tables = new Uint8Array(OUTSIDE.length * side * side);
  const coordinate = (cell: number) => ((cell + 0.5) / side - 0.5) * 2 * SHAPE_EXTENT;
  let at = 0;
  for (const outside of OUTSIDE) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const covered = 0.5 - outside(coordinate(column), coordinate(row)) / EDGE;
        tables[at++] = Math.floor(255 * Math.min(1, Math.max(0, covered)));
      }
    }
  }
  return tables;
}
