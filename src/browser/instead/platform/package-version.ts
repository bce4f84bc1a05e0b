/** What is put in the place of its name when the bundle is made. */
import type * as Original from '../../../platform/package-version.js';

declare const PACKAGE_VERSION: string;

export const packageVersion: typeof Original.packageVersion = () => PACKAGE_VERSION;
export const supportedNode: typeof Original.supportedNode = () => undefined;
