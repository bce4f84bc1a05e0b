/** A page loads no addon. */
import type * as Original from '../../../../backend/native/native.js';

export const loadNative: typeof Original.loadNative = () => ({
  binding: undefined,
  reasons: ['a web page loads no addon'],
  tried: [],
  situation: 'unsupported',
});
