import { afterEach, describe, expect, it, vi } from 'vitest';
import { backendInfo, chooseBackend } from '../../src/backend/choose.js';
import { productsWords } from '../../src/report/document/backend-words.js';
import { describeOnBackends } from '../support/backends.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describeOnBackends('capabilities', (backend) => {
  it('are those of the backend that was chosen', () => {
    const { name, capabilities } = chooseBackend(backend);
    expect(capabilities).toMatchObject({ name, native: backend === 'native', threads: backend !== 'js' });
  });
});

describe('the default of products', () => {
  it.each([
    [undefined, 'auto'],
    ['', 'auto'],
    ['blas', 'blas'],
    ['simd', 'simd'],
  ])('with TWO_LAYER_NET_PRODUCTS=%s is %s', (value, products) => {
    vi.stubEnv('TWO_LAYER_NET_PRODUCTS', value);
    expect(backendInfo('js').products).toBe(products);
  });

  it('throws for a value that does not exist, as a net does', () => {
    vi.stubEnv('TWO_LAYER_NET_PRODUCTS', 'fast');
    expect(() => backendInfo('js')).toThrow(/TWO_LAYER_NET_PRODUCTS.*"fast"/);
  });

  it('decides whose kernels a report names', () => {
    const info = { ...backendInfo('js'), backend: 'native', blasCore: 'Zen', simdTarget: 'AVX2' } as const;
    expect(productsWords(info)).toBe('AVX2 kernels');
    expect(productsWords({ ...info, products: 'blas' })).toBe("BLAS's Zen kernels");
    expect(productsWords({ ...info, simdTarget: 'none' })).toBe("BLAS's Zen kernels");
  });
});
