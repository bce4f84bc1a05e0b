/** Addons that are missing, damaged, for another machine, or refuse to load: never a crash, always a reason. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BINDING_VERSION } from '../../../src/backend/binding-version.js';
import { tryToLoad } from '../../../src/backend/native/native.js';
import { remedyFor } from '../../../src/backend/native/remedies.js';
import { ENGINE_SETTINGS } from '../../../src/training/settings.js';
import { compiledAddon } from '../../support/compiled-addon.js';
import { ADDON, addonMissing, copyPackage, PACKAGE, PREBUILDS, runNode } from '../../support/package-copy.js';

const scratch = mkdtempSync(join(tmpdir(), 'two-layer-net-loader-'));
afterAll(() => rmSync(scratch, { recursive: true }));
// It would be searched instead of the folders of these tests. The addon itself is already loaded.
beforeAll(() => {
  delete process.env.TWO_LAYER_NET_PREBUILD;
});

const why = process.platform === 'linux' ? addonMissing : 'not Linux, whose libraries are ELF files';
const glibc = process.platform === 'linux' && !readFileSync(process.execPath).includes('ld-musl-');
const [here, there] = glibc ? ['glibc', 'musl'] : ['musl', 'glibc'];

/** A suite that needs an intact addon to damage; if it is skipped, its title says why. */
function describeWithAddon(title: string, tests: () => void): void {
  describe.skipIf(why !== undefined)(why ? `${title} (skipped: ${why})` : title, tests);
}

/** An empty folder of a package. */
function emptyPackage(): string {
  return mkdtempSync(join(scratch, 'package-'));
}

/** The path of a file in `folder`; creates the folders above it. */
function place(folder: string, ...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  return file;
}

/** Overwrites some bytes of a file. */
function patch(file: string, position: number, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, position);
  closeSync(descriptor);
}

/** What the loader says of an addon that was changed by `damage`. */
function tryDamaged(damage: (file: string) => void) {
  const folder = emptyPackage();
  const file = place(folder, PREBUILDS, 'two-layer-net.node');
  copyFileSync(ADDON, file);
  damage(file);
  const attempt = tryToLoad(folder);
  rmSync(folder, { recursive: true });
  return { file, attempt };
}

describeWithAddon('an addon whose package lists its hash', () => {
  /** A package with an addon that was changed by `damage` after its hash was listed. */
  function listed(damage: (file: string) => void) {
    const folder = emptyPackage();
    const file = place(folder, PREBUILDS, 'two-layer-net.node');
    copyFileSync(ADDON, file);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    const name = file.slice(join(folder, 'prebuilds').length + 1);
    writeFileSync(
      join(folder, 'prebuilds', 'SHA256SUMS'),
      `${'0'.repeat(64)}  linux-x64/other.node\n${hash}  ${name}\n`,
    );
    damage(file);
    return { file, attempt: tryToLoad(folder) };
  }

  it('is reported as missing if its folder was removed', () => {
    const { attempt } = listed((file) => rmSync(dirname(file), { recursive: true }));
    expect(attempt).toMatchObject({ binding: undefined, situation: 'missing', tried: [] });
  });

  it('is reported as missing if only its file was removed, and one for another C library is left', () => {
    const folder = emptyPackage();
    const [mine, other] = [here, there].map(
      (libc) => `${PREBUILDS.slice('prebuilds/'.length)}/two-layer-net.${libc}.node`,
    );
    writeFileSync(place(folder, 'prebuilds', other), 'of no matter');
    const hashes = [mine, other].map((name) => `${'0'.repeat(64)}  ${name}\n`).join('');
    writeFileSync(place(folder, 'prebuilds', 'SHA256SUMS'), hashes);
    const reasons = [`${join(folder, 'prebuilds', mine)} is missing, although this package was published with it`];
    expect(tryToLoad(folder)).toMatchObject({ binding: undefined, situation: 'missing', reasons });
  });

  it.each([
    ['a list that is a folder', (folder: string) => place(folder, 'prebuilds', 'SHA256SUMS', 'x')],
    ['a link that leads nowhere', (folder: string) => symlinkSync('/nowhere', place(folder, 'prebuilds', 'linux-x65'))],
  ])('is found beside %s', (_what, add) => {
    const folder = emptyPackage();
    const file = place(folder, PREBUILDS, 'two-layer-net.node');
    copyFileSync(ADDON, file);
    add(folder);
    expect(tryToLoad(folder)).toMatchObject({ file });
  });

  it('is not looked for in vain, nor said to be removed, if the package was packed without any', () => {
    const folder = emptyPackage();
    writeFileSync(place(folder, 'prebuilds', 'SHA256SUMS'), '');
    expect(tryToLoad(folder)).toMatchObject({ binding: undefined, situation: 'packed-without' });
  });

  it('is not said to be removed from a package that was packed without running its scripts', () => {
    const folder = emptyPackage();
    expect(tryToLoad(folder)).toMatchObject({ situation: 'missing' });
    writeFileSync(place(folder, 'CHANGELOG.md'), '');
    expect(tryToLoad(folder)).toMatchObject({ situation: 'packed-without' });
    // As it is published, and its folder was deleted.
    writeFileSync(place(folder, 'THIRD_PARTY_LICENSES'), '');
    expect(tryToLoad(folder)).toMatchObject({ situation: 'missing' });
  });

  it('is used if it is as published', () => {
    const { file, attempt } = listed(() => {});
    expect(attempt).toMatchObject({ file, tried: [{ file, outcome: 'loaded' }] });
  });

  it.each([0.2, 0.5, 0.8])('is not loaded if one bit was flipped, at %f of its length', (share) => {
    const { file, attempt } = listed((file) => {
      const at = Math.floor(statSync(file).size * share);
      patch(file, at, Buffer.from([readFileSync(file)[at] ^ 1]));
    });
    expect(attempt.binding).toBeUndefined();
    expect(attempt).toMatchObject({ situation: 'damaged', tried: [{ file, outcome: 'damaged' }] });
    expect(attempt.tried[0].reason).toMatch(
      /it is damaged: its SHA-256 is [0-9a-f]{12}…, but SHA256SUMS has [0-9a-f]{12}…$/,
    );
  });
});

describeWithAddon('an addon that is cut short', () => {
  const size = ADDON && statSync(ADDON).size;
  const lengths = [
    0,
    1,
    63,
    64,
    65,
    1000,
    4096,
    ...[0.1, 0.5, 0.9, 0.97, 0.999].map((share) => Math.floor(share * Number(size))),
  ];

  it.each([...lengths, Number(size) - 1])('to %i bytes is not loaded, and reported as damaged', (length) => {
    const { file, attempt } = tryDamaged((copy) => truncateSync(copy, length));
    expect(attempt).toMatchObject({ binding: undefined, situation: 'damaged', tried: [{ file, outcome: 'damaged' }] });
    const reason = /cannot be loaded: it is (not an ELF file|damaged)/;
    expect(attempt).toHaveProperty('reasons', [expect.stringMatching(reason)]);
  });
});

describeWithAddon('an addon that is overwritten', () => {
  it.each([
    ['at its beginning', 0],
    ['in its list of parts', 56],
  ])('with zeros %s is reported as damaged', (_where, position) => {
    const { attempt } = tryDamaged((copy) => patch(copy, position, Buffer.alloc(4096)));
    expect(attempt).toMatchObject({ binding: undefined, situation: 'damaged' });
  });

  it('with noise is reported as damaged', () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 2654435761) >>> 13));
    const { attempt } = tryDamaged((copy) => writeFileSync(copy, noise));
    expect(attempt).toMatchObject({ binding: undefined, situation: 'damaged' });
  });

  it('with noise after an intact header is reported as damaged', () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 2654435761) >>> 13));
    const { attempt } = tryDamaged((copy) => patch(copy, 64, noise));
    expect(attempt).toMatchObject({ binding: undefined, situation: 'damaged' });
  });
});

describeWithAddon('an addon for another processor', () => {
  it("is reported with its architecture, whatever the system's loader would say", () => {
    const [other, machine] = process.arch === 'arm64' ? ['x64', 62] : ['arm64', 183];
    const { file, attempt } = tryDamaged((copy) => patch(copy, 18, Buffer.from([machine as number, 0])));
    expect(attempt).toMatchObject({
      situation: 'damaged',
      tried: [{ file, outcome: 'foreign' }],
      reasons: [`${file} cannot be loaded: it is for ${other}, but this is ${process.arch}`],
    });
  });
});

describeWithAddon('several addons', () => {
  it('are tried in order, each error is kept, and the first that loads is used', () => {
    const folder = emptyPackage();
    const damaged = place(folder, 'build', 'Release', 'two_layer_net.node');
    const debug = place(folder, 'build', 'Debug', 'two_layer_net.node');
    writeFileSync(damaged, 'no library');
    writeFileSync(debug, 'none either');
    const prebuilt = place(folder, PREBUILDS, `two-layer-net.${here}.node`);
    symlinkSync(ADDON, prebuilt);
    expect(tryToLoad(folder)).toMatchObject({
      file: prebuilt,
      tried: [
        { file: damaged, outcome: 'damaged', reason: expect.stringContaining(damaged) },
        { file: debug, outcome: 'damaged', reason: expect.stringContaining(debug) },
        { file: prebuilt, outcome: 'loaded', reason: undefined },
      ],
    });
  });

  it('for two C libraries: the other one is not tried, and the reason says so', () => {
    const folder = emptyPackage();
    const other = place(folder, PREBUILDS, `two-layer-net.${there}.node`);
    symlinkSync(ADDON, other);
    const reason = `${other} is for ${there}, but this system has ${here}`;
    expect(tryToLoad(folder)).toMatchObject({
      binding: undefined,
      situation: 'other-libc',
      tried: [{ file: other, outcome: 'other-libc' }],
      reasons: [reason, expect.stringMatching(/^no addon for .* was found under/)],
    });
    const fitting = place(folder, PREBUILDS, `two-layer-net.${here}.node`);
    symlinkSync(ADDON, fitting);
    expect(tryToLoad(folder)).toMatchObject({ file: fitting });
  });

  it('only for other platforms: the reason lists them', () => {
    const folder = emptyPackage();
    symlinkSync(ADDON, place(folder, 'prebuilds', 'sunos-sparc', 'two-layer-net.node'));
    const attempt = tryToLoad(folder);
    expect(attempt).toMatchObject({ binding: undefined, situation: 'unsupported', tried: [] });
    expect(attempt).toHaveProperty('reasons', [expect.stringContaining('there are prebuilt addons for sunos-sparc')]);
  });
});

describeWithAddon('TWO_LAYER_NET_PREBUILD', () => {
  afterEach(() => {
    delete process.env.TWO_LAYER_NET_PREBUILD;
  });

  it('names the folder to search instead of the package', () => {
    const elsewhere = emptyPackage();
    const built = place(elsewhere, 'build', 'Debug', 'two_layer_net.node');
    symlinkSync(ADDON, built);
    process.env.TWO_LAYER_NET_PREBUILD = elsewhere;
    expect(tryToLoad(PACKAGE)).toMatchObject({ file: built });
    process.env.TWO_LAYER_NET_PREBUILD = emptyPackage();
    expect(tryToLoad(PACKAGE)).toMatchObject({ binding: undefined, situation: 'elsewhere' });
  });
});

describeWithAddon('an addon with another version of the binding', () => {
  const stale = why === undefined ? compiledAddon(scratch, 'stale-addon') : undefined;
  const title = stale ? '' : ' (skipped: no C compiler)';
  const reason =
    'was built from other sources: it has version 0 of the binding, ' +
    `and this package needs version ${BINDING_VERSION}`;

  it.skipIf(stale === undefined)(`is refused, and the next file is used${title}`, () => {
    const folder = emptyPackage();
    const built = place(folder, 'build', 'Release', 'two_layer_net.node');
    copyFileSync(stale ?? '', built);
    expect(tryToLoad(folder)).toMatchObject({
      binding: undefined,
      situation: 'damaged',
      reasons: [`${built} ${reason}`],
    });
    const prebuilt = place(folder, PREBUILDS, `two-layer-net.${here}.node`);
    symlinkSync(ADDON, prebuilt);
    expect(tryToLoad(folder)).toMatchObject({
      file: prebuilt,
      tried: [{ file: built, outcome: 'other-version', reason: `${built} ${reason}` }, { outcome: 'loaded' }],
    });
  });

  it.skipIf(stale === undefined)(`is refused in a clone with the command that builds it again${title}`, () => {
    const folder = emptyPackage();
    copyFileSync(stale ?? '', place(folder, 'build', 'Release', 'two_layer_net.node'));
    writeFileSync(join(folder, 'CMakeLists.txt'), '');
    const attempt = tryToLoad(folder);
    expect(attempt).toMatchObject({ situation: 'clone' });
    expect(remedyFor('clone')).toContain('npm run build:native');
  });
});

describeWithAddon('an addon that reads other settings', () => {
  const stale = why === undefined ? compiledAddon(scratch, 'stale-addon', `-DVERSION=${BINDING_VERSION}`) : undefined;

  it.skipIf(stale === undefined)(`is refused by their names${stale ? '' : ' (skipped: no C compiler)'}`, () => {
    const folder = emptyPackage();
    const built = place(folder, 'build', 'Release', 'two_layer_net.node');
    copyFileSync(stale ?? '', built);
    const needed = [...ENGINE_SETTINGS].sort().join(', ');
    const reason = `was built from other sources: it reads the settings none, and this package passes ${needed}`;
    expect(tryToLoad(folder).tried).toMatchObject([{ outcome: 'other-version', reason: `${built} ${reason}` }]);
  });
});

describeWithAddon('the installed package', () => {
  const folder = why === undefined ? copyPackage(join(scratch, 'installed')) : '';
  const prebuilt = join(folder, PREBUILDS, `two-layer-net.${here}.node`);
  const program = `
    import { backendInfo, TwoLayerNet } from ${JSON.stringify(join(folder, 'dist', 'index.js'))};
    const options = { inputSize: 4, hiddenSize: 5, numClasses: 3 };
    const nets = [new TwoLayerNet(options), new TwoLayerNet(options)];
    nets[0].trainSync(new Float32Array(8), [0, 1]);
    console.log(JSON.stringify({ backend: backendInfo().backend, reasons: backendInfo().reasons }));
    try { new TwoLayerNet({ ...options, backend: 'native' }) } catch ({ code }) { console.log(code) }`;

  /** Runs the program with what `make` puts in place of the prebuilt addon. */
  function runWith(make: (file: string) => void) {
    rmSync(prebuilt, { force: true });
    mkdirSync(dirname(prebuilt), { recursive: true });
    make(prebuilt);
    const { status, signal, stdout, stderr } = runNode(['--input-type=module', '--eval', program]);
    expect({ status, signal }).toStrictEqual({ status: 0, signal: null });
    const [line, code] = stdout.split('\n');
    return { ...(JSON.parse(line) as { backend: string; reasons: string[] }), code, stderr };
  }

  it('uses its prebuilt addon without a warning', () => {
    expect(runWith((file) => symlinkSync(ADDON, file))).toStrictEqual({
      backend: 'native',
      reasons: [],
      code: '',
      stderr: '',
    });
  });

  const refusing = why === undefined ? compiledAddon(scratch, 'refusing-addon') : undefined;
  const noCompiler = refusing ? '' : ' (skipped: no C compiler)';
  const cases: [string, (file: string) => void, RegExp, boolean?][] = [
    ['is gone', () => {}, /no addon for .* was found under .*The addon was removed: keep the folder prebuilds\//],
    [
      'is cut short',
      (file) => {
        copyFileSync(ADDON, file);
        truncateSync(file, 1_000_000);
      },
      /it is damaged: it has 1000000 bytes, but needs at least \d+\. Install the package again/,
    ],
    [
      'is not a library',
      (file) => writeFileSync(file, '<html>proxy error</html>'),
      /it is not an ELF file.*Install the package again/,
    ],
    [
      `refuses this processor${noCompiler}`,
      (file) => copyFileSync(refusing ?? '', file),
      /this processor lacks SSE4\.2, which the addon needs\. There is an addon for this platform, but it does not load/,
      refusing === undefined,
    ],
  ];
  for (const [what, make, message, skip] of cases) {
    it.skipIf(skip)(`uses TypeScript if the addon ${what}, after one warning with the reason and what to do`, () => {
      const { backend, reasons, code, stderr } = runWith(make);
      expect(backend).toBe('js');
      expect(reasons).toHaveLength(1);
      expect(code).toBe('ERR_NATIVE_UNAVAILABLE');
      expect(stderr.match(/TWO_LAYER_NET_FALLBACK/g)).toHaveLength(1);
      expect(stderr).toMatch(message);
      expect(stderr).toContain('`npx two-layer-net doctor` shows the details');
    });
  }
});

describeWithAddon('a process whose Node loads no addons', () => {
  const folder = copyPackage(mkdtempSync(join(tmpdir(), 'two layer-net ')));
  afterAll(() => rmSync(folder, { recursive: true }));
  copyFileSync(ADDON, place(folder, PREBUILDS, `two-layer-net.${here}.node`));
  const program = `import { backendInfo } from ${JSON.stringify(join(folder, 'dist', 'index.js'))};
    try { backendInfo('native') } catch (error) { console.log(error.code + ' ' + error.message) }`;
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';

  it.each([
    ['--no-addons', ['--no-addons'], /Start Node without the option --no-addons/],
    ['a permission model', [permission, '--allow-fs-read=*'], /permission model: add --allow-addons to its options/],
  ])('because of %s is told so', (_, flags, remedy) => {
    const { stdout } = runNode(['--no-warnings', ...flags, '--input-type=module', '--eval', program]);
    expect(stdout).toMatch(/^ERR_NATIVE_UNAVAILABLE /);
    expect(stdout).toMatch(remedy);
    expect(stdout).not.toMatch(/install/i);
  });
});
