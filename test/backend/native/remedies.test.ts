import { expect, test } from 'vitest';
import type { AddonSituation } from '../../../src/backend/native/native.js';
import { remedyFor } from '../../../src/backend/native/remedies.js';

test.each([
  ["/x.node cannot be loaded: /lib/libc.so.6: version `GLIBC_2.34' not found", /use a system with a newer one/],
  ['/x.node cannot be loaded: libopenblas.so.0: cannot open shared object file', /Install the system library/],
  ['/x.node cannot be loaded: Error relocating: __memcpy_chk: symbol not found', /for another C library/],
  ['/x.node: failed to map segment from shared object: Operation not permitted', /mounted with noexec/],
  ['/x.node cannot be loaded: cannot allocate memory in static TLS block', /before other addons/],
  ["/x.node cannot be loaded: EACCES: permission denied, open '/x.node'", /Let this user read the file/],
  ['this processor has no SSE4.2', /for the reason given/],
])('%s', (reason, remedy) => {
  const words = remedyFor('unloadable', [reason]);
  expect(words).toMatch(remedy);
  expect(words).not.toContain('nstall the package again');
});

test.each<[AddonSituation, boolean]>([
  ['damaged', true],
  ['missing', true],
  ['forbidden', false],
  ['clone', false],
  ['elsewhere', false],
  ['unsupported', false],
  ['bundled', false],
  ['packed-without', false],
  ['other-libc', false],
])('installing again is advised where it helps: %s', (situation, helps) => {
  expect(/nstall the package again/i.test(remedyFor(situation))).toBe(helps);
});
