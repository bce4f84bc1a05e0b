import type { EChartsCoreOption } from 'echarts/core';
import type { Chart, ChartStyle } from '../content/chart-data.js';
import { classAccuracyOption, confusionOption } from './classes.js';
import { historyOption } from './history.js';
import { sweepOption } from './sweep.js';

/** Any chart as Apache ECharts options. */
export function optionOf(chart: Chart, style: ChartStyle): EChartsCoreOption {
  switch (chart.kind) {
    case 'history':
      return historyOption(chart, style);
    case 'confusion':
      return confusionOption(chart, style);
    case 'classAccuracy':
      return classAccuracyOption(chart, style);
    case 'sweep':
      return sweepOption(chart, style);
  }
}
