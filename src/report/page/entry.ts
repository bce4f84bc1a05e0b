/** The exports of the bundle: charts for Node, the page for a browser. */
export { measureWithoutCanvas } from '../charts/echarts.js';
export { renderChart } from '../charts/render.js';
export { startPage } from './page.js';
