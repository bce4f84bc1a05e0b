/** The rules for prebuilt addons, tested on an addon built for this machine only, which breaks most of them. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAddon } from '../../scripts/prebuild/check.mjs';
import { SOURCES, unpackedSource } from '../../scripts/prebuild/sources.mjs';
import { LINUX_TARGETS, prebuiltFile, TARGETS } from '../../scripts/prebuild/targets.mjs';
import { ADDON, addonMissing } from '../support/package-copy.js';
import { sharedFolder } from '../support/temporary-folder.js';

const scratch = sharedFolder();

const x64 = process.platform === 'linux' && process.arch === 'x64';
const why = x64 ? addonMissing : 'not Linux on x86-64';

describe.skipIf(why !== undefined)(`checkAddon${why ? ` (skipped: ${why})` : ''}`, () => {
  it('rejects an addon for another processor', () => {
    expect(() => checkAddon('linux-arm64-glibc', ADDON, Infinity)).toThrow(/expected arm64 but it is for .*X86-64/);
  });

  it("refuses an addon that needs this machine's libraries", () => {
    expect(() => checkAddon('linux-x64-glibc', ADDON, Infinity)).toThrow(
      /needs .*libstdc\+\+.*, which a system may lack/,
    );
  });

  it('rejects an addon that is too large', () => {
    const large = join(scratch, 'large.node');
    writeFileSync(large, '');
    truncateSync(large, 5e6);
    expect(() => checkAddon('linux-x64-glibc', large)).toThrow('expected at most 2000000 bytes but it has 5000000');
  });
});

describe('targets', () => {
  it('have the names that node-gyp-build searches for', () => {
    expect(LINUX_TARGETS.map(prebuiltFile)).toEqual([
      'prebuilds/linux-x64/two-layer-net.glibc.node',
      'prebuilds/linux-x64/two-layer-net.musl.node',
      'prebuilds/linux-arm64/two-layer-net.glibc.node',
      'prebuilds/linux-arm64/two-layer-net.musl.node',
    ]);
    expect(Object.keys(TARGETS).map(prebuiltFile)).toContain('prebuilds/darwin-arm64/two-layer-net.node');
  });
});

describe('sources', () => {
  it('are pinned by a SHA-256', () => {
    for (const { sha256 } of Object.values(SOURCES)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('with an unknown name are refused before anything is downloaded', () => {
    expect(() => unpackedSource('blis')).toThrow('Expected openblas or highway but received blis');
  });
});
