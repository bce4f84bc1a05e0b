/** Small helpers for the elements of the page. */
import type { Picture } from 'two-layer-net';
/** The element of this id. */
export declare function element<E extends HTMLElement = HTMLElement>(id: string): E;
export declare function show(id: string, visible?: boolean): void;
export declare function write(id: string, text: string): void;
/** Says what goes on to those who do not see it. */
export declare function announce(text: string): void;
/** Shows a problem, or takes it away. */
export declare function complain(error?: unknown): void;
/** Runs what may fail, and shows why. */
export declare function attempt(action: () => unknown): Promise<void>;
/** What draws a picture of this width. */
type Draw = (style: { readonly width: number; readonly dark: boolean }) => Picture;
/** Draws a picture into an element, and again when its width or the colours change. */
export declare function draw(id: string, picture: Draw, description?: string): void;
/** Gives the browser time to show what was written. */
export declare function painted(): Promise<void>;
/** What a file input has chosen; it may be chosen again afterwards. */
export declare function whenChosen(id: string, action: (files: readonly File[]) => unknown): void;
