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
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, HeatmapChart, LineChart, ParallelChart, ScatterChart]);
use([AriaComponent, GridComponent, LegendComponent, ParallelComponent, TitleComponent, TooltipComponent]);
use([VisualMapContinuousComponent, SVGRenderer]);

export { init };
