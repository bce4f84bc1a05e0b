/** The room that the names of classes take in charts, and the sizes that follow from it. In pixels. */
import { largest } from '../../validation/long-lists.js';
import type { Chart, ChartStyle } from '../content/chart-data.js';
import { isNarrow } from './parts.js';

/** The least and the most room for a name; a longer one is cut, and whole in the tooltip. */
const NAME = { least: 40, most: 220 };
/** The share of a phone's width that names may take. */
const NARROW_SHARE = 0.42;
/** The largest number of classes whose names are slanted below a plot on a phone; more are upright. */
const MOST_SLANTED = 12;
/** The angle of names below a plot. */
const SLANT = 40;

/** The room for names, the size of their letters, and their angle below a plot. */
export interface NameRoom {
  readonly width: number;
  readonly fontSize: number;
  readonly rotate: number;
  /** The height of the names below a plot. */
  readonly below: number;
}

/** The room for these names in a chart. */
export function roomFor(names: readonly string[], style: Pick<ChartStyle, 'width'>): NameRoom {
  const narrow = isNarrow(style);
  const small = narrow && names.length > MOST_SLANTED;
  const fontSize = small ? 8 : 11;
  const longest = 0.6 * fontSize * largest(names.map((name) => name.length));
  const most = narrow ? NARROW_SHARE * style.width : NAME.most;
  const width = Math.ceil(Math.min(most, Math.max(NAME.least, longest)));
  const rotate = small ? 90 : SLANT;
  const below = Math.ceil(width * Math.sin((rotate * Math.PI) / 180)) + 12;
  return { width, fontSize, rotate, below };
}

/** The least height of a class in a chart of all. */
const ROW = 16;

/** The height of a confusion matrix in the page: about as high as wide, and a line for each class. */
export function confusionHeight(width: number, chart: Chart): number {
  if (chart.kind !== 'confusion') return width;
  const { below } = roomFor(chart.classNames, { width });
  const rows = chart.classNames.length * (isNarrow({ width }) ? 12 : ROW);
  return Math.max(Math.min(640, Math.max(400, width)), rows + below + 40);
}

/** The height of the bars of all classes in the page. */
export function classAccuracyHeight(_width: number, chart: Chart): number {
  return chart.kind === 'classAccuracy' ? Math.max(400, 60 + ROW * chart.classNames.length) : 400;
}
