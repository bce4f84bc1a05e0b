/**
 * Numbers as charts and pages show them, in one notation: a comma between thousands, and an exponent below 0.001 and
 * from a million on. No module of Node is imported here: the report's page uses this file too.
 */

/** A number with few digits: `0.001`, `1e-5`, `0.4`, `3,200`, `1.5e7`. */
function numberText(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return rounded.toExponential().replace('e+', 'e');
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** The value of a setting: `0.001`, `1e-5`, `0.4`, `3,200`, `float32`. */
export function settingText(value: number | string | boolean): string {
  if (typeof value !== 'number') return String(value);
  // Counts are exact.
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? countText(value) : numberText(value, 4);
}

/** A number of things: `49,000`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A share: `12.3 %`, with a space that no line breaks at. */
export function percentText(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}

/** A name as an axis, a legend or the head of a column shows it: `Learning rate`. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** An accuracy: `0.497`. */
export function accuracyText(accuracy: number): string {
  return accuracy.toFixed(3);
}

/** A mean accuracy over several seeds, with its deviation: `0.497 ± 0.004`. */
export function spreadText(accuracy: number, deviation: number): string {
  return deviation > 0 ? `${accuracyText(accuracy)} ± ${accuracyText(deviation)}` : accuracyText(accuracy);
}

/** The labels of an axis whose ticks are `step` apart: all with as many decimals, `2.0`, `2.1`. */
export function tickText(step: number): (value: number) => string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return (value) => {
    const size = Math.abs(value);
    // What is left of sums of steps is 0.
    if (size < step / 1e6) return (0).toFixed(decimals > 6 ? 0 : decimals);
    if (decimals > 6 || size >= 1e6) return numberText(value, 3);
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return value.toLocaleString('en-US', digits);
  };
}
