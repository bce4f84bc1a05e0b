/** What Parquet and Arrow files say of themselves is checked before their libraries believe it. */
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { checkArrowLayout } from '../../../src/data/tables/columnar/arrow-layout.js';
import { checkDescription, checkPages, descriptionBytes } from '../../../src/data/tables/columnar/parquet-layout.js';
import { readThrift } from '../../../src/data/tables/columnar/thrift.js';
import { bitFlips } from '../../support/damage.js';

const kinds = Array.from({ length: 60 }, (_, i) => 'ab'[i % 2]);
const table = tableFromArrays({ size: Float64Array.from(kinds, (_, i) => i), color: kinds, kind: kinds });
const arrow = (form: 'file' | 'stream') => Buffer.from(tableToIPC(table, form));

/** What a check says of damage: nothing, or what it expected. It must not fail by accident. */
function verdict(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    expect(String(error)).toMatch(/^Error: expected .*, found /);
    return (error as Error).message;
  }
}

/** `bytes` with these at a place. */
function changed(bytes: Uint8Array, at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

describe.each(['file', 'stream'] as const)('an Arrow %s', (form) => {
  const intact = arrow(form);

  it('passes as it is', () => checkArrowLayout(intact));

  it('with flipped bits passes, or is refused', () => {
    const verdicts = [...bitFlips(intact)].map((bytes) => verdict(() => checkArrowLayout(bytes)));
    expect(verdicts.some((words) => words === undefined)).toBe(true);
    expect(verdicts.some((words) => words !== undefined)).toBe(true);
  });

  it('with the largest number anywhere passes, or is refused', () => {
    let refused = 0;
    for (let at = 0; at + 4 <= intact.length; at += 4) {
      if (verdict(() => checkArrowLayout(changed(intact, at, 255, 255, 255, 255)))) refused++;
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('that ends early is refused', () => {
    for (const part of [0.9, 0.5, 0.1]) {
      const bytes = intact.subarray(0, Math.floor(part * intact.length));
      expect(verdict(() => checkArrowLayout(bytes))).toMatch(/^expected/);
    }
  });
});

it('an Arrow file whose rows are of another kind is refused: its library would look for them without end', () => {
  const intact = arrow('file');
  const verdicts = [...intact.keys()].flatMap((at) =>
    intact[at] === 3 ? [verdict(() => checkArrowLayout(changed(intact, at, 1)))] : [],
  );
  expect(verdicts).toContainEqual(expect.stringMatching(/^expected a message of kind 3 at byte \d+, found 1$/));
});

describe('a Parquet file', () => {
  const intact = Buffer.from(new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'kind', data: kinds }] })));
  const bytes = descriptionBytes(intact.subarray(-8), intact.length);
  const description = intact.subarray(-8 - bytes, -8);
  const pages = intact.subarray(4, -8 - bytes);

  it('passes as it is', () => {
    checkDescription(description);
    checkPages(pages, 60, 2 ** 24);
  });

  it('with flipped bits in its description passes, or is refused', () => {
    const verdicts = [...bitFlips(description)].map((flipped) => verdict(() => checkDescription(flipped)));
    expect(verdicts.some((words) => words === undefined)).toBe(true);
    expect(verdicts.some((words) => words !== undefined)).toBe(true);
  });

  it('with flipped bits in its pages passes, or is refused', () => {
    const verdicts = [...bitFlips(pages)].map((flipped) => verdict(() => checkPages(flipped, 60, 2 ** 24)));
    expect(verdicts.some((words) => words?.startsWith('expected a page of at most'))).toBe(true);
  });

  it('with other counts than it has rows is refused', () => {
    expect(verdict(() => checkPages(pages, 59, 2 ** 24))).toBe('expected a page of at most 59 values, found 60');
    expect(verdict(() => checkPages(pages, 61, 2 ** 24))).toMatch(/^expected 1 more bytes of a description/);
  });

  it.each<[string, number[], RegExp]>([
    ['a list of more elements than bytes', [0x19, 0xf1, 255, 255, 255, 255, 15], /a count of at most 0 at byte 7/],
    ['an integer without end', [0x16, ...Array(12).fill(255)], /an integer of at most 10 bytes/],
    ['structs without end', Array(100).fill(0x1c), /structs of a depth of 32/],
    ['a type that Parquet does not have', [0x1b, 0], /the type of a field at byte 1, found 11/],
    ['text beyond the end', [0x18, 100, 1], /a count of at most 1 at byte 2, found 100/],
  ])('with %s is refused', (_, thrift, message) => {
    expect(verdict(() => readThrift(Uint8Array.from(thrift), 0))).toMatch(message);
  });

  it.each([
    ['another end', Buffer.from('0000PARX'), /^expected PAR1 at its end/],
    ['a description larger than the file', changed(Buffer.from('0000PAR1'), 0, 255, 0, 0, 0), /found one of 255$/],
  ])('with %s is refused', (_, tail, message) => {
    expect(verdict(() => descriptionBytes(tail, 100))).toMatch(message);
  });
});
