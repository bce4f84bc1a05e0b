/** The exports of the bundle: charts for Node, the page for a browser. */
export { renderChart } from '../charts/render.js';
export { startPage } from './page.js';
