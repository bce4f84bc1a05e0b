import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    thorough: boolean;
  }
}

/**
 * Whether this is the long tier. Files that vitest.config.ts names for both tiers then try every case, and otherwise
 * a sample, the same one each time.
 */
export const THOROUGH: boolean = inject('thorough');
