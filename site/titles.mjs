// Names each guide by its first heading. TypeDoc would use the path, or lines of YAML that GitHub shows as a table.
import { Converter } from 'typedoc';

const HEADING = /^# (.+)\n/;

/** Called by TypeDoc, as a plugin. */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content;
    const title = HEADING.exec(first?.text ?? '')?.[1];
    if (!title) throw new Error(`${document.name}: expected a first line such as "# Training"`);
    document.name = title;
  });
}
