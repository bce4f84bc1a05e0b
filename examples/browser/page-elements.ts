/** Small helpers for the elements of the page. */
import type { Picture } from 'two-layer-net';

/** The element of this id. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}`);
  return found as E;
}

export function show(id: string, visible = true): void {
  element(id).hidden = !visible;
}

export function write(id: string, text: string): void {
  element(id).textContent = text;
}

/** Says what goes on to those who do not see it. */
export function announce(text: string): void {
  write('status', text);
}

/** A number of things: 1 column, 2 columns. */
export function count(n: number, one: string, several = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : several}`;
}

/**
 * A message of the package without what it says for programs and the command line, which is in brackets, such as
 * `(missing: 'drop', or --missing drop)`: the page has controls for it.
 */
export function inPageWords(message: string): string {
  for (let flag = message.search(/ --[a-z]/); flag >= 0; flag = message.search(/ --[a-z]/)) {
    const from = message.lastIndexOf(' (', flag);
    if (from < 0) return message;
    let [to, depth] = [from + 2, 1];
    for (; to < message.length && depth > 0; to++) {
      if (message[to] === '(') depth++;
      else if (message[to] === ')') depth--;
    }
    message = message.slice(0, from) + message.slice(to);
  }
  // What Node reads is more than what a page reads, which stands beside the buttons.
  return message.replace(/\. Supported: .*$/s, '');
}

/** Shows a problem, or takes it away. */
export function complain(error?: unknown): void {
  const text = error === undefined ? '' : inPageWords(error instanceof Error ? error.message : String(error));
  // What was going on has ended.
  if (text !== '') announce('');
  write('problem', text);
  show('problem', text !== '');
  if (text !== '') element('problem').scrollIntoView({ block: 'nearest' });
}

/** Runs what may fail, and shows why. */
export async function attempt(action: () => unknown): Promise<void> {
  complain();
  await attemptAside(action);
}

/** Runs what the page does by itself, and shows why it fails: what a person was told before stays until then. */
export async function attemptAside(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    complain(error);
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** What draws a picture of this width. */
type Draw = (style: { readonly width: number; readonly dark: boolean }) => Picture;

const drawn = new Map<string, Draw>();

/** Draws a picture into an element, and again when its width or the colours change. */
export function draw(id: string, picture: Draw, description?: string): void {
  drawn.set(id, picture);
  const place = element(id);
  // The picture comes from this package, which escapes every text in it.
  place.innerHTML = picture({ width: Math.max(200, Math.round(place.clientWidth)), dark: dark.matches }).svg;
  if (description === undefined) return;
  const [svg] = place.children;
  svg?.setAttribute('role', 'img');
  svg?.setAttribute('aria-label', description);
}

function redraw(): void {
  for (const [id, picture] of drawn) if (element(id).clientWidth > 0) draw(id, picture);
}

dark.addEventListener('change', redraw);
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== width) redraw();
  width = innerWidth;
});

/** Gives the browser time to show what was written. */
export function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** What a file input has chosen; it may be chosen again afterwards. */
export function whenChosen(id: string, action: (files: readonly File[]) => unknown): void {
  const input = element<HTMLInputElement>(id);
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) void attempt(() => action(files));
  });
}
