import { expect, test } from 'vitest';
import {
  capitalized,
  countText,
  percentText,
  settingText,
  spreadText,
  tickText,
} from '../../../src/report/content/numbers.js';

test.each<[number | string | boolean, string]>([
  [0.001, '0.001'],
  [0.0001, '1e-4'],
  [5e-4, '5e-4'],
  [1e-5, '1e-5'],
  [0.4, '0.4'],
  [0, '0'],
  [200, '200'],
  [49_000, '49,000'],
  [123_456, '123,456'],
  [2_500_000, '2.5e6'],
  [0.123456, '0.1235'],
  [-0.00002, '-2e-5'],
  ['float32', 'float32'],
  [true, 'true'],
])('a setting of %s is %s', (value, text) => expect(settingText(value)).toBe(text));

test.each<[number, number[], string[]]>([
  [0.1, [2, 2.1, 0.30000000000000004], ['2.0', '2.1', '0.3']],
  [0.05, [0, 0.1, 0.15], ['0.00', '0.10', '0.15']],
  [1, [0, 12], ['0', '12']],
  [500, [0, 1500], ['0', '1,500']],
  [2e8, [0, 4e8], ['0', '4e8']],
  [2e-8, [0, 4e-8], ['0', '4e-8']],
])('ticks %s apart have as many decimals each', (step, values, texts) =>
  expect(values.map(tickText(step))).toStrictEqual(texts),
);

test('counts, shares, spreads and names', () => {
  expect(countText(1_234_567)).toBe('1,234,567');
  expect([percentText(0.123), percentText(0.1234, 1)]).toStrictEqual(['12\u00a0%', '12.3\u00a0%']);
  expect([spreadText(0.5, 0), spreadText(0.5, 0.0123)]).toStrictEqual(['0.500', '0.500 ± 0.012']);
  expect(capitalized('hidden units')).toBe('Hidden units');
});
