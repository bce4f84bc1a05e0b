/** Values as text for a terminal. */
import { largest } from '../../validation/long-lists.js';

/** A ratio such as an accuracy, with four decimals as the article prints it; `-` for NaN. */
export function formatRatio(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(4);
}

/** A duration: `1.5 s`, `2:05 min`, `1:02:05 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)} h` : `${minutes}:${two(rest)} min`;
}

/** A name from a file without control characters, which a terminal would obey. */
export function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, '�');
}

/** Lines of two columns, the first padded. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = largest(rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
