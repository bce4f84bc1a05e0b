/** The reproduced article as one page. */

import { escapeHtml } from '../report/content/escape-html.js';
import { htmlPage } from '../report/document/report-html.js';
import type { NamedPicture, ReproducedPart } from './reproduction.js';

/** The content of the page. */
export interface ReproductionFrame {
  /** Data, settings and machine, one line each. */
  readonly facts: readonly string[];
  readonly parts: readonly ReproducedPart[];
}

/** A self-contained page without scripts. */
export function reproductionHtml({ facts, parts }: ReproductionFrame): string {
  const title = 'Implementing a two-layer neural network from scratch, reproduced';
  const body = `<header><h1>${escapeHtml(title)}</h1>
${facts.map((fact) => `<p class="note">${escapeHtml(fact)}</p>`).join('\n')}</header>
<main>
${parts.map(section).join('\n')}
</main>`;
  return htmlPage({ title, body, scripts: [] });
}

function section({ title, comparisons, pictures, seconds }: ReproducedPart): string {
  const rows = comparisons.map(
    ({ what, article, ours }) =>
      `<tr><th scope="row">${escapeHtml(what)}</th><td data-label="article">${escapeHtml(article)}</td>` +
      `<td data-label="here">${escapeHtml(ours)}</td></tr>`,
  );
  return `<section><h2>${escapeHtml(title)}</h2>
<div class="scroll"><table class="compare">
<thead><tr><td></td><th scope="col">article</th><th scope="col">here</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
${pictures.map(figure).join('\n')}
<p class="note">${seconds.toFixed(2)} s</p></section>`;
}

function figure({ caption, picture }: NamedPicture): string {
  const text = escapeHtml(caption);
  const size = `width="${picture.width}" height="${picture.height}"`;
  return `<figure><img src="${picture.dataUri()}" alt="${text}" ${size}><figcaption>${text}</figcaption></figure>`;
}
