import { checkJsonSize } from '../platform/parse-json.js';
import { withCode } from '../validation/errors.js';
import { messageOf } from '../validation/kinds.js';
import { settingsJson } from './check-model.js';
import { FORMAT, FORMAT_VERSION } from './layout.js';
import type { Model } from './model-types.js';

/**
 * What a file says of a model besides its numbers, as text: see layout.ts.
 *
 * @throws RangeError `ERR_OUT_OF_RANGE` for names, columns or settings that would be refused when they are read
 */
export function metadataOf(model: Model): Map<string, string> {
  const { mean, scale, classNames, labelType, columns, imageShape, settings } = model;
  const input = `${mean ? '(x - mean)' : 'x'}${scale ? ' scale' : ''}`;
  const scores = `scores = max(0, ${input} W1 + b1) W2 + b2`;
  const computation = model.others?.length
    ? `${scores} for each net; the class has the largest mean of softmax(scores) over the nets`
    : `${scores}; the class is the index of the largest score`;
  const metadata = new Map([
    ['format', FORMAT],
    ['format_version', String(FORMAT_VERSION)],
    ['computation', computation],
  ]);
  if (classNames) metadata.set('class_names', JSON.stringify(classNames));
  if (labelType) metadata.set('label_type', labelType);
  if (columns) metadata.set('columns', JSON.stringify(columns));
  if (imageShape) metadata.set('image_shape', JSON.stringify(imageShape));
  if (settings) metadata.set('settings', settingsJson(settings));
  for (const name of ['class_names', 'columns', 'settings']) checkReadable(name, metadata.get(name) ?? '');
  return metadata;
}

/**
 * Checks that JSON in a model file would be read again.
 *
 * @param taken - as for `checkJsonSize`
 * @throws RangeError `ERR_OUT_OF_RANGE`
 */
export function checkReadable(name: string, json: string, taken = 0): void {
  try {
    checkJsonSize(json, taken);
  } catch (cause) {
    const message = `Expected a model whose ${name} can be read again but its JSON is too large: ${messageOf(cause)}`;
    throw withCode(new RangeError(message, { cause }), 'ERR_OUT_OF_RANGE');
  }
}
