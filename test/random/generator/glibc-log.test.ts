import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { glibcLog } from '../../../src/random/generator/glibc-log.js';

describe('glibcLog', () => {
  it('agrees with the C library at 153 000 arguments, from 2^-104 to just below 1', () => {
    // In Python on x86-64 Linux (glibc 2.36, fused multiply-add), where math.log is the C library's:
    // xs = [(1+j/1000)*2.0**-k for k in range(1,105) for j in range(1000)]
    // xs += [1-(1+j/1000)*2.0**-k for k in range(5,54) for j in range(1000)]
    // sha256(struct.pack(f'<{len(xs)}d', *map(math.log, xs)))
    const logs = new Float64Array(153000);
    let filled = 0;
    for (let k = 1; k < 105; k++) for (let j = 0; j < 1000; j++) logs[filled++] = glibcLog((1 + j / 1000) * 2 ** -k);
    for (let k = 5; k < 54; k++) for (let j = 0; j < 1000; j++) logs[filled++] = glibcLog(1 - (1 + j / 1000) * 2 ** -k);
    expect(filled).toBe(logs.length);
    const digest = createHash('sha256').update(new Uint8Array(logs.buffer)).digest('hex');
    expect(digest).toBe('9f51b47cd518b482e69eaf9e43eab3a8f8d72a82389b1a6cee8824d24e024343');
  });
});
