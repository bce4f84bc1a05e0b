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

/** Shows a problem, or takes it away. */
export function complain(error?: unknown): void {
  const text = error === undefined ? '' : error instanceof Error ? error.message : String(error);
  write('problem', text);
  show('problem', text !== '');
  if (text !== '') element('problem').scrollIntoView({ block: 'nearest' });
}

/** Runs what may fail, and shows why. */
export async function attempt(action: () => unknown): Promise<void> {
  complain();
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
