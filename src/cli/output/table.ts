/** Tables as aligned text, and the numbers in them. */
import type { Spread } from '../../measure/statistics.js';
import { largest } from '../../validation/long-lists.js';

/** Aligns columns: the first to the left, figures to the right. Returns no lines without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = [head, ...rows];
  // A row with fewer cells than the head ends in a sentence, which may use the rest of the line.
  const isSentence = (row: readonly string[], i: number) => row.length < head.length && i === row.length - 1;
  const widths = head.map((_, i) => largest(all.map((row) => (isSentence(row, i) ? 0 : (row[i] ?? '').length))));
  return all.map((row) =>
    row
      .map((cell, i) => (isSentence(row, i) ? cell : i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  '),
  );
}

/** Formats a number with three significant digits, without an exponent. */
export function formatDigits(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Formats the lowest and highest value. */
export function formatRange({ min, max }: Spread): string {
  return `${formatDigits(min)} – ${formatDigits(max)}`;
}

/** Formats a share as a percentage, `-` without one. */
export function formatPercent(share: number | null): string {
  return share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '-';
}

/** Formats a number with its noun: `1 thread`, `2 threads`. */
export function formatCount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
