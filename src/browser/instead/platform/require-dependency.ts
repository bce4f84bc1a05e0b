/** The dependencies that are in the bundle. */
import * as tar from 'modern-tar';
import type * as Original from '../../../platform/require-dependency.js';

const BUNDLED: Readonly<Record<string, unknown>> = { 'modern-tar': tar };

export const requireDependency: typeof Original.requireDependency = <T>(name: string) => BUNDLED[name] as T | undefined;
