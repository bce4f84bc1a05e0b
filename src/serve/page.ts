/** The page to try a prediction: it needs nothing from elsewhere. */
import { createHash } from 'node:crypto';

const SCRIPT = `
const $ = (id) => document.getElementById(id);
const headers = () => ($('token').value ? { authorization: 'Bearer ' + $('token').value } : {});
let models = [];
function show(text) { $('result').textContent = text; }
function sample() {
  const model = models.find(({ name }) => name === $('model').value);
  if (!model) return;
  const row = model.columns
    ? Object.fromEntries(model.columns.map((c) => [c.name, c.type === 'category' ? c.categories[0] : 0]))
    : Array(model.inputSize).fill(0);
  if ($('type').value === 'application/json') $('body').value = JSON.stringify({ rows: [row], top: 3 }, null, 1);
}
async function list() {
  const answer = await fetch('v1/models', { headers: headers() });
  const found = await answer.json();
  if (!answer.ok) return show(found.error.message);
  models = found.models;
  $('model').replaceChildren(...models.map(({ name }) => new Option(name)));
  show('');
  sample();
}
async function ask(event) {
  event.preventDefault();
  const [file] = $('file').files;
  const type = file ? file.type || 'text/csv' : $('type').value;
  const path = 'v1/models/' + encodeURIComponent($('model').value) + ':predict' + (file ? '?top=3' : '');
  const began = performance.now();
  const answer = await fetch(path, {
    method: 'POST',
    headers: { ...headers(), 'content-type': type },
    body: file ?? $('body').value,
  });
  const found = await answer.json();
  const took = (performance.now() - began).toFixed(1) + ' ms';
  const told = answer.ok ? JSON.stringify(found.predictions, null, 1) : answer.status + ' ' + found.error.message;
  show(took + '\\n' + told);
}
const safely = (work) => (event) => Promise.resolve(work(event)).catch((error) => show(String(error)));
$('form').addEventListener('submit', (event) => { event.preventDefault(); safely(ask)(event); });
$('token').addEventListener('change', safely(list));
$('model').addEventListener('change', sample);
$('type').addEventListener('change', sample);
safely(list)();
`;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
label { display: block; margin: .75rem 0; }
input, select, textarea, button { font: inherit; }
textarea { box-sizing: border-box; width: 100%; height: 12rem; font: 14px monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The header `Content-Security-Policy` of the page: its own script, its own style, this server. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page. */
export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Try a prediction</title>
<style>${STYLE}</style>
<h1>Try a prediction</h1>
<form id="form">
<label>Model <select id="model"></select></label>
<label>Rows are <select id="type"><option value="application/json">JSON</option>
<option value="text/csv">CSV</option></select></label>
<label>Rows <textarea id="body" spellcheck="false"></textarea></label>
<label>or a file: a picture, or a table <input id="file" type="file"></label>
<label>Token, if the server asks for one <input id="token" type="password" autocomplete="off"></label>
<button>Predict</button>
</form>
<pre id="result" role="status"></pre>
<p><a href="openapi.json">OpenAPI document</a></p>
<script>${SCRIPT}</script>
`;
