// Checks everything in a release that needs no credentials: `npm run release:check`.
//
//   node scripts/release-check.mjs [--quick] [--prebuilt]
//
// Builds the addons for Linux and computes with each, packs the tarball, inspects it and uses it as users would, runs
// the tests of both backends on the prebuilt addon, and writes the bill of materials and the checksums. The results are
// in build/release/. Exits 1 if anything failed. What cannot run on this machine is skipped, with the reason.
//
// --quick     only the addon for linux-x64-glibc, without those tests, emulators, other package managers and other
//             versions of Node
// --prebuilt  uses the addons in prebuilds/, which may have been built on other machines
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testsOnBackends } from './backend-tests.mjs';
import { buildAddon } from './prebuild/addon.mjs';
import { checkAddon } from './prebuild/check.mjs';
import { ROOT, run, Unavailable } from './prebuild/process.mjs';
import { LINUX_TARGETS, prebuiltFile } from './prebuild/targets.mjs';
import { tryAddon } from './prebuild/try.mjs';
import { tryOnBareSystem } from './release/bare-system.mjs';
import { writeBillOfMaterials } from './release/bill-of-materials.mjs';
import { Checks, expect, Skipped } from './release/checks.mjs';
import { smoke } from './release/smoke.mjs';
import { checkTarball, pack, writeChecksums } from './release/tarball.mjs';

const QUICK = process.argv.includes('--quick');
const BUILDS = !process.argv.includes('--prebuilt');
const checks = new Checks();

async function prebuild(name) {
  let file;
  await checks.check(`${name}: builds`, () => {
    file = BUILDS ? built(name) : join(ROOT, prebuiltFile(name));
    return checkAddon(name, file).join('; ');
  });
  if (!file) return;
  for (const { title, outcome, detail } of tryAddon(name, file, { quick: QUICK })) {
    await checks.check(`${name}: ${title}`, () => {
      if (outcome === 'not run') throw new Skipped(detail);
      expect(outcome === 'passed', detail);
      return detail;
    });
  }
}

/** A quick check skips an addon whose sources cannot be downloaded; for a release that is an error. */
function built(name) {
  try {
    return buildAddon(name);
  } catch (error) {
    if (QUICK && error instanceof Unavailable) throw new Skipped(error.message);
    throw error;
  }
}

function nodeTool(name, file, ...words) {
  return run(process.execPath, [join(ROOT, 'node_modules', name, file), ...words]);
}

/** Runs the tests of both backends with the prebuilt addon instead of the one that was built here. */
function testPrebuilt() {
  const env = {
    ...process.env,
    NO_COLOR: '1',
    TWO_LAYER_NET_PREBUILD: join(ROOT, 'build', 'prebuild', 'linux-x64-glibc-alone'),
  };
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const passed = testsOnBackends()
    .map((tests) => run(process.execPath, [vitest, 'run', '--reporter=json', ...tests], { env }))
    .flatMap((output) => JSON.parse(output.slice(output.indexOf('{'))).testResults)
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'passed');
  const native = passed.filter(({ fullName }) => /native/.test(fullName));
  expect(native.length > 100, `Expected more than 100 tests on the addon but ${native.length} ran`);
  return `${passed.length} passed, ${native.length} of them on the addon`;
}

/** The change log must have an entry for the version. */
function checkVersion() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const changes = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  expect(changes.includes(`## ${version}`), `CHANGELOG.md has no entry for ${version}`);
  return version;
}

await checks.check('the change log has this version', checkVersion);
const unknown = process.argv.slice(2).find((word) => word !== '--quick' && word !== '--prebuilt');
await checks.check('the options', () => expect(!unknown, `Expected --quick or --prebuilt but received ${unknown}`));
const names = unknown ? [] : QUICK ? ['linux-x64-glibc'] : LINUX_TARGETS;
for (const name of names) await prebuild(name);
let tarball;
const addons = names.some((name) => existsSync(join(ROOT, prebuiltFile(name))));
await checks.check('npm pack', () => {
  if (!addons) throw new Skipped('no addon could be built');
  tarball = pack();
});
if (tarball && existsSync(tarball)) {
  await checks.check('the tarball', () => checkTarball(tarball, { quick: QUICK }));
  await checks.check('publint', () => void nodeTool('publint', 'src/cli.js', '--strict', tarball));
  // Where Node requires this package, it loads the ES modules (programs/require.cjs).
  const attw = join('@arethetypeswrong', 'cli');
  await checks.check('arethetypeswrong', () => {
    nodeTool(attw, 'dist/index.js', '--no-color', '--ignore-rules', 'cjs-resolves-to-esm', '--', tarball);
  });
  await smoke(checks, tarball, { quick: QUICK });
  if (!QUICK) await checks.check('tests of arithmetic on the prebuilt addon', testPrebuilt);
  if (!QUICK) await checks.check('on a bare Debian', () => tryOnBareSystem(tarball));
  await checks.check('bill of materials (CycloneDX)', () => writeBillOfMaterials(tarball));
  await checks.check('checksums', writeChecksums);
}
process.stdout.write(`${checks.summary()}\n`);
process.exitCode = checks.count('failed') > 0 ? 1 : 0;
