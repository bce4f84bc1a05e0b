/** The parts of Apache ECharts that the charts use. The bundle contains only what is named here. */
import { BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  ParallelComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart]);
use([AriaComponent, GridComponent, LegendComponent, ParallelComponent, TitleComponent, TooltipComponent]);
use([VisualMapContinuousComponent, SVGRenderer]);

/**
 * Texts are as wide as a table says from now on. In Node, the only document there may be is that of a test: jsdom's,
 * whose canvas does not measure texts, and complains when it is asked to.
 */
export function measureWithoutCanvas(): void {
  setPlatformAPI({ createCanvas: () => undefined as unknown as HTMLCanvasElement });
}

export { init };
