/** In a page the charts are part of the bundle. */
import { renderChart } from '../../../../report/charts/render.js';

export const reportBundle = () => ({ renderChart });
