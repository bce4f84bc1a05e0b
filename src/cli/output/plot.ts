/** `--plot`: a training's curves on the terminal. */
import { plotHistory } from '../../report/pictures/plots.js';
import { rasterize, whyNoRaster } from '../../report/pictures/rasterize.js';
import { brailleChart } from '../../report/terminal/braille.js';
import { kittyImage } from '../../report/terminal/image.js';
import { terminalImageProtocol } from '../../report/terminal/image-protocol.js';
import type { TrainingHistory } from '../../training/history.js';

/** Columns of a chart where nobody says how wide the terminal is, and at most: wider ones are harder to read. */
const WIDTH = { unknown: 80, most: 120 };
/** Rows of a chart. */
const HEIGHT = 14;
/** Pixels of a picture, which few terminals are narrower than. */
const PICTURE = { width: 760, height: 560 };

/** Prints the curves: a picture where the terminal says that it shows pictures, else in braille characters. */
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
  const loss = brailleChart({
    ...{ width, height: HEIGHT, color, title: 'Loss', xLabel: 'iteration' },
    series: [{ name: 'loss', values: lossHistory }],
  });
  const accuracies = [
    { name: 'training accuracy', values: trainAccHistory },
    { name: 'validation accuracy', values: valAccHistory },
  ].filter(({ values }) => values.length > 0);
  if (accuracies.length === 0) return loss;
  const accuracy = brailleChart({
    ...{ width, height: HEIGHT, color, title: 'Accuracy', xLabel: 'epoch' },
    series: accuracies,
  });
  return [...loss, '', ...accuracy];
}
