/** What the bundle gives: charts to Node, and the page to a browser. */

export { renderChart } from '../charts/render.js';
export { startPage } from './page.js';
