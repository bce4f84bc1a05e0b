/** Colours that people with any colour vision can tell apart, on light and dark backgrounds. */

/** The colours for one background. */
export interface Theme {
  readonly background: string;
  readonly text: string;
  /** For less prominent text, such as tick labels. */
  readonly muted: string;
  readonly line: string;
  /** Curve colours from M. Okabe and K. Ito, "Color Universal Design" (2008): blue, and vermilion or orange. */
  readonly first: string;
  readonly second: string;
  /** A colour scale from low to high: part of viridis, whose lightness always increases. */
  readonly scale: readonly string[];
  /** For missing values. */
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

/** The font of all text: the system's own, or DejaVu Sans if there is none. */
export const FONT = "system-ui, 'DejaVu Sans', sans-serif";

/** Whether text on this shade of {@link VIRIDIS} must be dark; `position` is its place on the scale, 0 … 1. */
export function isLightShade(position: number): boolean {
  return position > 0.55;
}
