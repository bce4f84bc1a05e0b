/** `--plot`: the curves of a training in the terminal. */
import { plotHistory } from '../../report/pictures/plots.js';
import { rasterize, whyNoRaster } from '../../report/pictures/rasterize.js';
import { brailleChart } from '../../report/terminal/braille.js';
import { kittyImage } from '../../report/terminal/image.js';
import { terminalImageProtocol } from '../../report/terminal/image-protocol.js';
import type { TrainingHistory } from '../../training/history.js';

/** Columns of a chart: if the terminal's width is unknown, and at most, since wider charts are harder to read. */
const WIDTH = { unknown: 80, most: 120 };
/** Rows of a chart. */
const HEIGHT = 14;
/** The size of a picture in pixels. Few terminals are narrower. */
const PICTURE = { width: 760, height: 560 };

/** Prints the curves as a picture if the terminal supports pictures, otherwise in braille characters. */
export async function plotInTerminal(history: TrainingHistory): Promise<void> {
  const protocol = (await whyNoRaster()) ? undefined : await terminalImageProtocol();
  if (!protocol) {
    process.stdout.write(`\n${brailleCharts(history).join('\n')}\n`);
    return;
  }
  const { svg } = plotHistory(history, PICTURE);
  const raster = await rasterize(svg, 1);
  if (protocol === 'kitty') {
    const columns = Math.min(process.stdout.columns ?? WIDTH.unknown, WIDTH.most);
    process.stdout.write(`\n${kittyImage(raster.png(), columns)}\n`);
  } else {
    const { encodeSixel } = await import('../../report/terminal/sixel-encoder.js');
    process.stdout.write(`\n${encodeSixel(raster.rgba, raster.width, raster.height)}\n`);
  }
}

function brailleCharts({ lossHistory, trainAccHistory, valAccHistory }: TrainingHistory): string[] {
  const width = Math.min(process.stdout.columns ?? WIDTH.unknown, WIDTH.most);
  const color = Boolean(process.stdout.isTTY) && process.stdout.hasColors() && !process.env.NO_COLOR;
  const common = { width, height: HEIGHT, color };
  const loss = brailleChart({
    ...common,
    title: 'Loss',
    xLabel: 'iteration',
    series: [{ name: 'loss', values: lossHistory }],
  });
  const accuracies = [
    { name: 'training accuracy', values: trainAccHistory },
    { name: 'validation accuracy', values: valAccHistory },
  ].filter(({ values }) => values.length > 0);
  if (accuracies.length === 0) return loss;
  const accuracy = brailleChart({ ...common, title: 'Accuracy', xLabel: 'epoch', series: accuracies });
  return [...loss, '', ...accuracy];
}
