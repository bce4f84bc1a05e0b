/** A page has no folder with the files of this package. */
import type * as Original from '../../../platform/package-roots.js';

export const PACKAGE_NAME: typeof Original.PACKAGE_NAME = 'two-layer-net';
export const codeFile: typeof Original.codeFile = () => undefined;
export const manifestIn: typeof Original.manifestIn = () => undefined;
export const packageRoots: typeof Original.packageRoots = () => [];
export const isClone: typeof Original.isClone = () => false;
