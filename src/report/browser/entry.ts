/** What the bundle gives: charts to Node, and the page to a browser. */
export { startPage } from './page/page.js';
export { renderChart } from './render.js';
