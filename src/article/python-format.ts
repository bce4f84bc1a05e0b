/** Numbers as Python prints them, for lines like the article's. */

/** `%.{digits}e`, with at least two digits in the exponent. */
export function pythonExponential(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}
