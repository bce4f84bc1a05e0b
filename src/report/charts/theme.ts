/** Colours that people with any colour vision can tell apart, on light and on dark ground. */

/** The colours of one ground. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  /** Text of less weight: ticks and axis names. */
  readonly muted: string;
  readonly line: string;
  /** Of curves, from M. Okabe and K. Ito, "Color Universal Design" (2008): blue, and vermilion or orange. */
  readonly first: string;
  readonly second: string;
  /** Of many shades from little to much: parts of viridis, whose lightness always grows. */
  readonly scale: readonly string[];
  /** For what has no value. */
  readonly none: string;
}

const VIRIDIS = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725'];

const LIGHT: Theme = {
  background: '#ffffff',
  text: '#1b1f24',
  muted: '#4b535d',
  line: '#d5dae0',
  first: '#0072b2',
  second: '#d55e00',
  scale: VIRIDIS,
  none: '#c9ced6',
};

const DARK: Theme = {
  background: '#15181d',
  text: '#e8ebef',
  muted: '#b0b8c2',
  line: '#3a414b',
  first: '#56b4e9',
  second: '#e69f00',
  scale: VIRIDIS,
  none: '#4b535d',
};

export function themeOf(dark: boolean): Theme {
  return dark ? DARK : LIGHT;
}

/** The font that pictures are drawn with, where the reader's system has none of its own. */
export const FONT = "system-ui, 'DejaVu Sans', sans-serif";

/** Whether text on this shade of {@link VIRIDIS} must be dark; `share` is its place on the scale, 0 … 1. */
export function isLightShade(share: number): boolean {
  return share > 0.55;
}
