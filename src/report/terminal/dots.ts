/** Draws curves as dots, and dots as braille characters, which hold 2 × 4 of them. */

/** A point of a curve on the grid: dot column from the left and dot row from the top. A row of NaN is a gap. */
export interface GridPoint {
  readonly column: number;
  readonly row: number;
}

/** Columns and rows of dots in a braille character. */
export const CELL = { across: 2, down: 4 } as const;

/** The dash pattern of a line: `on` dots drawn, then `off` dots omitted. */
export interface Stroke {
  readonly on: number;
  readonly off: number;
}

/**
 * The rows that a curve covers in each dot column: from `low`, the upper, to `high`, inclusive. `low` is greater than
 * `high` if it covers none. Rows may be outside the grid.
 */
export interface Spans {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Rows are clipped to this: a line to them is already as steep as the grid can show. */
const FAR = 1e7;

/**
 * The spans of the line through `points`, which are sorted by column. Several points in a column become the range of
 * their rows, so that noise is visible however many there are.
 */
export function spansOf(points: readonly GridPoint[], columns: number): Spans {
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  const cover = (column: number, from: number, to: number) => {
    low[column] = Math.min(low[column], from, to);
    high[column] = Math.max(high[column], from, to);
  };
  let before: GridPoint | undefined;
  for (const { column, row } of points) {
    if (Number.isNaN(row)) {
      before = undefined;
      continue;
    }
    const point = { column, row: Math.round(Math.max(-FAR, Math.min(FAR, row))) };
    cover(column, point.row, point.row);
    if (before) coverLine(before, point, cover);
    before = point;
  }
  return { low, high };
}

/** Covers the line between two points with adjacent dots: one per row where it is steep, else one per column. */
function coverLine(from: GridPoint, to: GridPoint, cover: (column: number, from: number, to: number) => void): void {
  const across = to.column - from.column;
  if (across === 0) {
    cover(to.column, from.row, to.row);
    return;
  }
  const rowAt = (column: number) => {
    const fraction = (column - from.column) / across;
    return from.row + (to.row - from.row) * Math.max(0, Math.min(1, fraction));
  };
  for (let column = from.column; column <= to.column; column++) {
    const [left, right] = [rowAt(column - 0.5), rowAt(column + 0.5)];
    const [upper, lower] = left < right ? [left, right] : [right, left];
    // A half-open interval of rows: each row of a steep line is then in only one column.
    const [first, last] = [Math.ceil(upper), Math.ceil(lower) - 1];
    if (first <= last) cover(column, first, last);
    else cover(column, Math.round((left + right) / 2), Math.round((left + right) / 2));
  }
}

/** A grid of dots, and which curve each character belongs to. */
export class DotGrid {
  /** One byte per character, row by row: the dots in the bit order of Unicode's braille patterns. */
  private readonly dots: Uint8Array;
  private readonly owners: Int16Array;

  /** @param columns - characters across. @param rows - characters down */
  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    this.dots = new Uint8Array(columns * rows);
    this.owners = new Int16Array(columns * rows).fill(-1);
  }

  /**
   * Draws a curve over the existing dots.
   *
   * @param owner - the curve's number, from 0, for {@link DotGrid.ownerAt}
   * @param clear - which dots of other curves to remove: `cells`, all in the characters of this curve, since a
   * character has one colour; `halo`, those directly above and below this curve, so that it is visible on a dense curve
   */
  draw({ low, high }: Spans, owner: number, stroke: Stroke, clear: 'cells' | 'halo' | 'nothing'): void {
    const last = this.rows * CELL.down - 1;
    let walked = 0;
    for (let column = 0; column < low.length; column++) {
      const [first, end] = [Math.max(0, low[column]), Math.min(last, high[column])];
      if (clear === 'halo') for (let row = first - 1; row <= end + 1 && first <= end; row++) this.erase(column, row);
      for (let row = first; row <= end; row++) {
        if (walked++ % (stroke.on + stroke.off) < stroke.on) this.set(column, row, owner, clear === 'cells');
      }
    }
  }

  /** The curve that a character belongs to, the last one if there are several; -1 for none. */
  ownerAt(column: number, row: number): number {
    return this.owners[row * this.columns + column];
  }

  /** A character of the grid: a braille pattern, or a space if no dot is set. */
  characterAt(column: number, row: number): string {
    const dots = this.dots[row * this.columns + column];
    return dots === 0 ? ' ' : String.fromCodePoint(0x2800 + dots);
  }

  private set(column: number, row: number, owner: number, alone: boolean): void {
    const cell = this.cellOf(column, row);
    if (alone && this.owners[cell] !== owner) this.dots[cell] = 0;
    this.dots[cell] |= bitOf(column, row);
    this.owners[cell] = owner;
  }

  private erase(column: number, row: number): void {
    if (row >= 0 && row < this.rows * CELL.down) this.dots[this.cellOf(column, row)] &= ~bitOf(column, row);
  }

  private cellOf(column: number, row: number): number {
    return Math.floor(row / CELL.down) * this.columns + Math.floor(column / CELL.across);
  }
}

/** The bit of a dot in its braille pattern: 1, 2, 3, 7 down the left, 4, 5, 6, 8 down the right, less one. */
function bitOf(column: number, row: number): number {
  return [
    [0x01, 0x02, 0x04, 0x40],
    [0x08, 0x10, 0x20, 0x80],
  ][column % CELL.across][row % CELL.down];
}
