/** Numbers of 16 bits as IEEE 754 defines them (a sign, 5 bits of exponent, 10 of fraction) as float32: exact. */
export function widenHalves(words: Uint16Array): Float32Array {
  const values = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const exponent = (words[i] >> 10) & 0x1f;
    const fraction = words[i] & 0x3ff;
    // Without the implicit 1 below the smallest normal number.
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    const special = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    const magnitude = exponent === 0x1f ? special : size;
    values[i] = words[i] & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}

/** Numbers of 16 bits that are the upper half of a float32 number (bfloat16), as float32: exact. */
export function widenBfloats(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves);
  for (let i = 0; i < words.length; i++) words[i] <<= 16;
  return new Float32Array(words.buffer);
}
