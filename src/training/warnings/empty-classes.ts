import type { TrainingWarning } from './warning.js';

/** Classes that the message names. */
const SHOWN = 5;

/**
 * Looks for classes that no training row has: labels that do not begin with 0, for example.
 *
 * @param labels - the class of each training row (N)
 * @param classNames - the name of each class (C)
 */
export function emptyClasses(labels: ArrayLike<number>, classNames: readonly string[]): TrainingWarning | undefined {
  const seen = new Uint8Array(classNames.length);
  for (let i = 0; i < labels.length; i++) seen[labels[i]] = 1;
  const empty = classNames.filter((_, c) => !seen[c]);
  if (empty.length === 0) return undefined;
  const names = empty.slice(0, SHOWN).map((name) => JSON.stringify(name));
  const more = empty.length > SHOWN ? `, … (${empty.length} in all)` : '';
  return {
    code: 'WARN_EMPTY_CLASS',
    message:
      `No training row is of class ${names.join(', ')}${more}: it can only be predicted by mistake. Class indices ` +
      'begin with 0; take others as labels, in text or as the labels of Classifier.fit(X, y), or add rows of the class',
  };
}
