// Runs before npm packs (`npm pack`, `npm publish`): builds TypeScript and writes the checksums, by which the loader
// recognizes a damaged addon, and the licences of everything inside the package.
//
//   prebuilds/SHA256SUMS     as sha256sum writes it, for every addon
//   THIRD_PARTY_LICENSES
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonLibraries, bundledLibraries, licenceTexts } from '../libraries.mjs';
import { Failure, ROOT, run, say } from '../prebuild/process.mjs';

const PREBUILDS = join(ROOT, 'prebuilds');
const HASHES = join(PREBUILDS, 'SHA256SUMS');

function prebuiltAddons() {
  if (!existsSync(PREBUILDS)) return [];
  const files = readdirSync(PREBUILDS, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.node')).sort();
}

function writeHashes(addons) {
  const hashOf = (file) =>
    createHash('sha256')
      .update(readFileSync(join(PREBUILDS, file)))
      .digest('hex');
  mkdirSync(PREBUILDS, { recursive: true });
  writeFileSync(HASHES, addons.map((file) => `${hashOf(file)}  ${file}\n`).join(''));
}

function writeLicences(addons) {
  const libraries = [...bundledLibraries(), ...(addons.length > 0 ? addonLibraries() : [])];
  const head =
    'two-layer-net contains parts of the following libraries, each under its own licence: in the prebuilt addons,\n' +
    'in the bundle that draws charts, and in the encoder of terminal pictures.\n\n\n';
  writeFileSync(join(ROOT, 'THIRD_PARTY_LICENSES'), head + licenceTexts(libraries));
}

try {
  run(process.execPath, [join(ROOT, 'scripts', 'setup.mjs')]);
  const addons = prebuiltAddons();
  if (addons.length === 0)
    say('prebuilds/ has no addon, so this package will have none; to build them: npm run prebuild');
  // Without any, the list is empty: by that the loader knows that nothing has removed them.
  writeHashes(addons);
  writeLicences(addons);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
