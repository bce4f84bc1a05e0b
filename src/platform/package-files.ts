import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isClone, PACKAGE_NAME, packageRoots } from './package-roots.js';

/**
 * The path of a file that is part of this package.
 *
 * @param path - from the package's folder
 * @throws Error if none of the folders has it; says which were searched, and what to do
 */
export function packageFile(...path: string[]): string {
  const name = path.join('/');
  const places = packageRoots().map(({ folder }) => join(folder, ...path));
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  const searched = places.length > 0 ? `it is not at ${places.join(' or ')}` : 'there is no folder to search';
  const remedy = packageRoots().some(isClone)
    ? 'run `npm run build:ts`'
    : `install ${PACKAGE_NAME} again; if it is bundled, keep it out of the bundle (external) or copy ${name} beside it`;
  throw new Error(`A file of ${PACKAGE_NAME} is missing, ${name}: ${searched}. To fix this, ${remedy}`);
}
