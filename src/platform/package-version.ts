/** What this package's package.json says of versions. */
import { type Manifest, manifestIn, packageRoots } from './package-roots.js';

/** package.json; undefined if the package is bundled and its own folder cannot be found. */
function manifest(): Manifest | undefined {
  const own = packageRoots().find(({ isPackage }) => isPackage);
  return own && manifestIn(own.folder);
}

/** This package's version; `unknown` if it is bundled without its package.json. */
export function packageVersion(): string {
  return manifest()?.version ?? 'unknown';
}

/** The range of Node versions that package.json requires; undefined if package.json cannot be found. */
export function supportedNode(): string | undefined {
  return manifest()?.engines?.node;
}
