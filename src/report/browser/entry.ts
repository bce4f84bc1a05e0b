/** What the bundle gives: charts to Node, and the page to a browser. */
export { renderChart } from './render.js';
