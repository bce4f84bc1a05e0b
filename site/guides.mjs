// Guides as the site's readers see them: named by their first heading (TypeDoc would use the file's name, or lines of
// YAML that GitHub shows as a table), at addresses that last: guides/training.html, classes/Classifier.html.
import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { Application, Converter, KindRouter } from 'typedoc';

const { repository } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Names of modules as TypeDoc has them in addresses, and what stands there instead. */
const PLACES = [
  ['/two-layer-net.', '/'],
  ['two-layer-net_in_web_pages', 'browser'],
  ['two-layer-net_', ''],
];

const HEADING = /^# (.+)\n/;

/** The last part of a guide's address, such as `training`; a README's is its folder's, such as `bench`. */
function slugOf(document) {
  const file = document.project.files.getReflectionPath(document);
  const name = basename(file, extname(file));
  return (name === 'README' ? basename(dirname(file)) : name).toLowerCase();
}

class Router extends KindRouter {
  getIdealBaseName(reflection) {
    if (reflection.isDocument()) return `guides/${slugOf(reflection)}`;
    // What Node has is at functions/loadDataset.html, what web pages have at functions/browser.loadDataset.html.
    return PLACES.reduce((base, [from, to]) => base.replace(from, to), super.getIdealBaseName(reflection));
  }
}

/**
 * A block of code without a language is what a program prints, not TypeScript; and no line breaks between a number and
 * its % or ×.
 */
function adapt(parser) {
  parser.core.ruler.push('adapt', ({ tokens }) => {
    for (const token of tokens) if (token.type === 'fence' && token.info === '') token.info = 'text';
    for (const text of tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'text')) {
      text.content = text.content.replace(/(\d) (?=[%×])/g, '$1\u00a0');
    }
  });
}

/** Called by TypeDoc, as a plugin. */
export function load(app) {
  // Options that are set sooner are forgotten when typedoc.json is read.
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('markdownItLoader', adapt);
    // A clone's own remote may be any: links to the source follow package.json.
    app.options.setValue(
      'sourceLinkTemplate',
      `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/{path}#L{line}`,
    );
  });
  app.renderer.defineRouter('guides', Router);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content;
    const title = HEADING.exec(first?.text ?? '')?.[1];
    if (!title) throw new Error(`${document.name}: expected a first line such as "# Training"`);
    document.name = title;
  });
}
