/**
 * The natural logarithm of glibc (2.28 and later) on an x86-64 processor with fused multiply-add, bit for bit.
 *
 * NumPy's normal draws use the C library's `log`, and a draw whose last bit differs belongs to a different stream. V8's
 * `Math.log` differs from glibc's for about 7 % of arguments, even a correctly rounded logarithm for 0.08 %, and
 * glibc's own variant for processors without fused multiply-add for 0.012 %.
 *
 * The algorithm, the table and the coefficients come from ARM's optimized-routines, which glibc adopted: `math/log.c`
 * and `math/log_data.c` (© 2018 Arm Limited, MIT licence), with N = 128, LOG_POLY_ORDER = 6 and LOG_POLY1_ORDER = 12.
 * The source does not say which products and sums the compiler fuses, and each choice rounds differently. This code
 * fuses what glibc's x86-64 build fuses (GCC with -mfma -mavx2, in libm.so.6 of glibc 2.36). A product or sum that is
 * exact either way is written plainly.
 */

/** ln 2 in two parts. The first has 11 trailing zero bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471805598903;
const LN2_LOW = 5.497923018708371e-14;

/** log(1 + r) − r = A0·r² + A1·r³ + … for |r| < 2^-8. */
const A0 = -0.5000000000000001;
const A1 = 0.33333333331825593;
const A2 = -0.2499999999622955;
const A3 = 0.20000304511814496;
const A4 = -0.16667054827627667;

/** log(1 + r) = r − r²/2 + B1·r³ + B2·r⁴ + … for −2^-4 ≤ r < 0. */
const B1 = 0.3333333333333352;
const B2 = -0.24999999999998432;
const B3 = 0.19999999999320328;
const B4 = -0.16666666669929706;
const B5 = 0.14285715076560868;
const B6 = -0.12499997863982555;
const B7 = 0.11110712032936046;
const B8 = -0.10000486757818193;
const B9 = 0.09181994006195467;
const B10 = -0.08328363062289341;

/** From here to 1 the logarithm is so close to 0 that the table would lose its last bits. */
const NEAR_ONE = 0.9375;

/** The upper half of the double 0.6875: z = x·2^-k is in [0.6875, 1.375), which the table divides into 128 parts. */
const Z_START_HIGH = 0x3fe60000;

/**
 * 1/c and log(c) in turn, for a point c near the middle of each of the 128 parts: 256 little-endian doubles in base64.
 * They are the rows of `.tab` for N == 128 in `math/log_data.c`. To regenerate this text, write those numbers in order
 * as little-endian doubles (Python: `struct.pack('<256d', *map(float.fromhex, numbers))`) and encode them.
 */
const TABLE_BASE64 = [
  'n97gw/A09z8AkOZ5f8zXvx/pLGp4E/c/AAANwu5v17+gtfoIYPL2PwDgURPjE9e/fYwTH6bR9j8AeCg4W7jWv9G0xQtJsfY/AHiAkFVd1r+6DC8z',
  'R5H2PwAAGHbQAta/I0IiGJ9x9j8AkJCGyqjVv9kepZlPUvY/AFADVkNP1b/EJI+qVjP2PwBAa8M39tS/FNyda7MU9j8AUKj9p53Uv0xcxlJk9vU/',
  'AKiJOZJF1L9PLJG1Z9j1PwC4sDn07dO/3pBby7y69T8AcI9EzpbTv3ga2fJhnfU/AKC9Fx5A07+HVkYSVoD1PwCARu/i6dK/02vnzpdj9T8A4DA4',
  'G5TSv5N/p+IlR/U/AIjajMU+0r+DRQZC/yr1PwCQJynh6dG/372y2yIP9T8A+EgrbZXRv9feNEeP8/Q/APi5mmdB0b9AKN7PQ9j0PwCY75TQ7dC/',
  'yKN4wD699D8AENsYpZrQv4ol4MN/ovQ/ALhjUuZH0L80hNQkBYj0PwDwhkUi68+/Cy0ZG85t9D8AsBd1SkfPv1QYOdPZU/Q/ADAQPUSkzr9ahLRE',
  'Jzr0PwCw6UQNAs6/+/gVQbUg9D8A8HcpomDNv7H0PtqCB/Q/AJCVBAHAzL+P/lddj+7zPwAQiVYpIMy/6UwLoNnV8z8AEIGNF4HLvyvBEMBgvfM/',
  'ANDTzMniyr+42nUrJKXzPwCQEi5ARcq/AtCfzSKN8z8A8B1od6jJvxx6hMVbdfM/ADBIaW0Myb/iNq1Jzl3zPwDARaYgcci/QNRNmHlG8z8AMBS0',
  'j9bHvyTL/85cL/M/AHBiPLg8x79JDaF1dxjzPwBgN5uao8a/kDk+N8gB8z8AoLdUMQvGv0H4lbtO6/I/ADAkdn1zxb/RqRkCCtXyPwAwwo973MS/',
  'Kv23qPm+8j8AANJRLEbEv6sbDHocqfI/AACDvIqww78wtRRgcpPyPwAASWuZG8O/9aFXV/p98j8AQKSQVIfCv787HZuzaPI/AKB5+Lnzwb+99Y+D',
  'nVPyPwCgLCXIYMG/OwjJqrc+8j8AIPdXf87Av7ZAqSsBKvI/AKD+Sdw8wL8yQcyWeRXyPwCAS7y9V7+/m/zSHSAB8j8AQECWCDe+vwtITUn07PE/',
  'AED5PpgXvb9pZY9S9djxPwCg2E5n+bu/fH5XESPF8T8AYC8gedy6v+kmy3R8sfE/AIAo58PAub+2GiwMAZ7xPwDAcrNGpri/vXC2e7CK8T8AAKyz',
  'AY23v7a87yWKd/E/AAA4RfF0tr/aMUw1jWTxPwCAh20OXrW/3V8nkLlR8T8A4KHeXEi0v0zSMqQOP/E/AKBqTdkzs7/a+RByiyzxPwBgxfh5ILK/',
  'MbXsKDAa8T8AIGKYRg6xv680hNr7B/E/AADSamz6r7+za04P7vXwPwBAd0qN2q2/zp8qXQbk8D8AAIXk7LyrvyGlLGNE0vA/AMASQImhqb8amOJ8',
  'p8DwPwDAAjNYiKe/0TbGgy+v8D8AgNZnXnGlvzkToJjbnfA/AIBlSYpco7/f51Kvq4zwPwBAFWTjSaG/+yhOL5978D8AgOuCwHKevxmPNYy1avA/',
  'AIBSUvFVmr8s+eyl7lnwPwCAgc9iPZa/kCzRzUlJ8D8AAKqM+yiSv6mt8MbGOPA/AAD5IHsxjL+pMnkTZSjwPwAAql01GYS/SHPqJyQY8D8AAOzC',
  'AxJ4v5WxFAYECPA/AAAkeQkEYL8a+ib3H+DvPwAAkITz728/dOphwhyh7z8AAD01QdyHPy6ZgbAQY+8/AIDCxKPOkz/Nre489iXvPwAAiRTBn5s/',
  '5xORA8jp7j8AABHO2LChP6uxy3iAru4/AMAB0FuKpT+bDJ2iGnTuPwCA2ECDXKk/tZkKg5E67j8AgFfvaietP1aaYAngAe4/AMCY5Zh1sD+Yu3fl',
  'AcrtPwAgDeP1U7I/A5F8C/KS7T8AADiL3S60P85c+2asXO0/AMBXh1kGtj+d3l6qLCftPwAAajV22rc/zSxrPm7y7D8AYBxOQ6u5PwJ5p6Jtvuw/',
  'AGANu8d4uz9tCDdtJovsPwAg5zITQ70/BFhdvZRY7D8AYN5xMQq/P4yfuzO1Juw/AECRKxVnwD8/5+zug/XrPwCwkoKFR8E/wZbbdf3E6z8AMMrN',
  'bibCPyhKhgweles/AFDFptcDwz8sPu/F4mXrPwAQMzzD38M/i4jJZ0g36z8AgHprNrrEP0owHSFLCes/APDRKDmTxT9+7/KF6NvqPwDwGCTNasY/',
  'oj1gMR2v6j8AkGbs+EDHP6dY0z/mguo/APAa9cAVyD+LcwnvQFfqPwCA9lQp6cg/J0urkCos6j8AQPgCNrvJP9HykxOgAeo/AAAsHO2Lyj8bPNsk',
  'n9fpPwDQAVxRW8s/kLHHBSWu6T8AwLzMZynMPy/Ol/Iuhek/AGBI1TX2zD91S6TuulzpPwDARjS9wc0/OEjnncY06T8A4M+4AYzOP+ZSZy9PDek/',
  'AJAXwAlVzz+d1/+OUuboPwC4HxJsDtA/fADMn86/6D8A0JMOuHHQPw7DvtrAmeg/AHCGnmvU0D/7FyOqJ3ToPwDQSzOHNtE/CJqzrABP6D8ASCNn',
  'DZjRP1U+ZehJKug/AIDM4P/40T9gAvSVAQboPwBoY9dfWdI/KaPgYyXi5z8AqBQJMLnSP6213Hezvuc/AGBDEHIY0z/CJZdnqpvnPwAY7G0md9M/',
  'VwYX8gd55z8AMK/7T9XTPwwT1tvKVuc/AOAv4+4y1D8=',
].join('');

const table = decodeTable();

function decodeTable(): Float64Array {
  const bytes = Buffer.from(TABLE_BASE64, 'base64');
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
}

/** Scratch memory to take doubles apart and put them together. */
const bits = new DataView(new ArrayBuffer(8));

/**
 * log(x) for a normal number x above 0 and below 1, which is all that the polar method needs. Other arguments are not
 * checked, and the result is meaningless for them.
 */
export function glibcLog(x: number): number {
  if (x >= NEAR_ONE) return logNearOne(x);

  // x = 2^k·z.
  bits.setFloat64(0, x);
  const high = bits.getInt32(0);
  const offset = high - Z_START_HIGH;
  const k = offset >> 20;
  bits.setInt32(0, high - (k << 20));
  const z = bits.getFloat64(0);
  const row = ((offset >> 13) & 127) * 2;

  // log(x) = k·ln 2 + log(c) + log(1 + r) with r = z/c − 1. The sum of the first two is exact.
  const r = fusedMultiplyAdd(z, table[row], -1);
  const w = k * LN2_HIGH + table[row + 1];
  const hi = w + r;
  const lo = fusedMultiplyAdd(k, LN2_LOW, w - hi + r);

  const r2 = r * r;
  const lowTerms = fusedMultiplyAdd(r, A2, A1);
  const highTerms = fusedMultiplyAdd(r, A4, A3);
  const terms = fusedMultiplyAdd(highTerms, r2, lowTerms);
  return fusedMultiplyAdd(r * r2, terms, fusedMultiplyAdd(r2, A0, lo)) + hi;
}

function logNearOne(x: number): number {
  const r = x - 1;
  const r2 = r * r;
  const r3 = r * r2;
  const p1 = fusedMultiplyAdd(r2, B3, fusedMultiplyAdd(r, B2, B1));
  const p4 = fusedMultiplyAdd(r2, B6, fusedMultiplyAdd(r, B5, B4));
  const p7 = fusedMultiplyAdd(r3, B10, fusedMultiplyAdd(r2, B9, fusedMultiplyAdd(r, B8, B7)));
  const p = fusedMultiplyAdd(fusedMultiplyAdd(p7, r3, p4), r3, p1);

  // r − r²/2 as hi + lo: the square of rHigh, the upper bits of r, is exact.
  const shifted = r * 2 ** 27;
  const rHigh = r + shifted - shifted;
  const rLow = r - rHigh;
  const square = -0.5 * rHigh * rHigh;
  const hi = r + square;
  const lo = fusedMultiplyAdd(-0.5 * rLow, rHigh + r, r - hi + square);
  return hi + fusedMultiplyAdd(p, r3, lo);
}

/** Multiplying by 2^27 + 1 splits a double into halves of 26 bits, whose products are exact. */
const SPLITTER = 134217729;

/**
 * a·b + c, rounded once, as the processor's instruction does. Nothing here may overflow or underflow.
 *
 * The product is split into p + e (Dekker), then p + e + c into a double and two smaller remainders, as in S. Boldo and
 * G. Melquiond, "Emulation of a FMA and Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd" (2008). Adding
 * the remainders rounds. That is wrong only if their rounded sum is exactly halfway between two doubles; then the part
 * that was lost decides, instead of the paper's rounding to odd.
 */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const p = a * b;
  const aSplit = SPLITTER * a;
  const aHigh = aSplit - (aSplit - a);
  const aLow = a - aHigh;
  const bSplit = SPLITTER * b;
  const bHigh = bSplit - (bSplit - b);
  const bLow = b - bHigh;
  const e = aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);

  const s = c + e;
  const sPart = s - c;
  const sLost = c - (s - sPart) + (e - sPart);
  const t = p + s;
  const tPart = t - p;
  const tLost = p - (t - tPart) + (s - tPart);

  const rest = tLost + sLost;
  const restPart = rest - tLost;
  const restLost = tLost - (rest - restPart) + (sLost - restPart);
  const sum = t + rest;
  const step = 2 * (rest - (sum - t));
  const neighbour = sum + step;
  const halfway = restLost !== 0 && neighbour - sum === step;
  return halfway && restLost > 0 === step > 0 ? neighbour : sum;
}
