/** Numbers as Python prints them, for lines that shall be the article's. */

/** `%.{digits}e`, which has two digits in its exponent at least. */
export function pythonExponential(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}
