/** Numbers in a form that is easy to read. */

/** The value of a setting: `0.001`, `1e-5`, `0.4`, `200`, `float32`. */
export function settingText(value: number | string | boolean): string {
  if (typeof value !== 'number') return String(value);
  const digits = Number(value.toPrecision(4));
  const small = digits !== 0 && Math.abs(digits) < 1e-3;
  return small || Math.abs(digits) >= 1e6 ? digits.toExponential().replace('e+', 'e') : String(digits);
}

/** An accuracy: `0.497`. */
export function accuracyText(accuracy: number): string {
  return accuracy.toFixed(3);
}

/** A mean accuracy over several seeds, with its deviation: `0.497 ± 0.004`. */
export function spreadText(accuracy: number, deviation: number): string {
  return deviation > 0 ? `${accuracyText(accuracy)} ± ${accuracyText(deviation)}` : accuracyText(accuracy);
}

/** A tick label, with few digits: `2.2`, `1,500`, `1.5e-7`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return Number(value.toPrecision(3)).toExponential().replace('e+', 'e');
  return Number(value.toPrecision(6)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
