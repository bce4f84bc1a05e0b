/** Creates elements. Text is never parsed, so that no name from a data set becomes markup. */

type Attributes = Record<string, string | number | boolean | undefined>;

/** Creates an element with attributes and children. A boolean attribute is set without a value, or left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** A table with two columns: name and value. */
export function pairs(rows: readonly (readonly [string, string])[]): HTMLTableElement {
  const body = rows.map(([name, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)),
  );
  return element('table', { class: 'pairs' }, element('tbody', {}, ...body));
}
