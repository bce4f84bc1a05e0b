import { afterEach, expect, it, vi } from 'vitest';
import { isSupported, systemFacts } from '../../src/doctor/system.js';

const RANGE = '^20.19 || >=22.12';

it.each([
  ['20.19.0', true],
  ['20.30.1', true],
  ['20.18.9', false],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['23.0.0', true],
  ['26.1.0-nightly2026', true],
  ['18.20.0', false],
])(`Node %s is in ${RANGE}: %s`, (version, supported) => {
  expect(isSupported(version, RANGE)).toBe(supported);
});

it('compares the patch level if the range has one', () => {
  expect(isSupported('20.19.1', '^20.19.2')).toBe(false);
  expect(isSupported('20.20.0', '^20.19.2')).toBe(true);
});

afterEach(() => {
  delete process.env.OPENBLAS_CORETYPE;
  delete process.env.SECRET_OPENBLAS;
});

it('lists the variables that matter and no others', () => {
  process.env.OPENBLAS_CORETYPE = 'Zen';
  process.env.SECRET_OPENBLAS = 'password';
  const { environment, node, nodeSupported } = systemFacts();
  expect(environment).toMatchObject({ OPENBLAS_CORETYPE: 'Zen' });
  expect(Object.keys(environment).filter((name) => !/^(OPENBLAS|TWO_LAYER_NET)_/.test(name))).toStrictEqual([]);
  expect({ node, nodeSupported }).toStrictEqual({ node: process.versions.node, nodeSupported: true });
});

it('describes a system that does not say how much memory is used, as in a chroot without /proc', () => {
  const rss = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
    throw Object.assign(new Error('no such file or directory, uv_resident_set_memory'), { code: 'ENOENT' });
  });
  expect(systemFacts().memory).toMatchObject({ used: null });
  rss.mockRestore();
});
