import { describe, expect, it } from 'vitest';
import { encodeLabels } from '../../src/data/labels.js';

describe('encodeLabels', () => {
  it('sorts strings by code units and counts the rows of each class', () => {
    const { y, classes, counts } = encodeLabels(['b', 'a', 'B', 'b'], 'y');
    expect(classes).toEqual(['B', 'a', 'b']);
    expect([...y]).toEqual([2, 1, 0, 2]);
    expect(counts).toEqual([1, 1, 2]);
  });

  it('sorts numbers by value', () => {
    const { y, classes } = encodeLabels([10, 9, -1, 10], 'y');
    expect(classes).toEqual([-1, 9, 10]);
    expect([...y]).toEqual([2, 1, 0, 2]);
  });

  it.each<[string, ArrayLike<unknown>, unknown[], number[]]>([
    ['booleans', [true, false], [false, true], [1, 0]],
    ['BigInts', [7n, 2n, 7n], [2n, 7n], [1, 0, 1]],
    ['a typed array', Uint8Array.of(3, 1), [1, 3], [1, 0]],
    ['an array of BigInts', BigInt64Array.of(3n, 1n), [1n, 3n], [1, 0]],
  ])('accepts %s', (_, labels, classes, y) => {
    const encoded = encodeLabels(labels, 'y');
    expect(encoded.classes).toEqual(classes);
    expect([...encoded.y]).toEqual(y);
  });

  it('keeps the order of known classes, with those that do not occur', () => {
    const { y, classes, counts } = encodeLabels(['x', 'z'], 'y', ['z', 'y', 'x']);
    expect(classes).toEqual(['z', 'y', 'x']);
    expect([...y]).toEqual([2, 0]);
    expect(counts).toEqual([1, 0, 1]);
  });

  it.each<[string, ArrayLike<unknown>, readonly string[] | undefined, string, string]>([
    ['NaN', [1, Number.NaN], undefined, 'ERR_LABEL', 'received NaN at index 1'],
    ['null', ['a', null], undefined, 'ERR_INVALID_TYPE', 'received null at index 1'],
    ['two types', ['1', 1], undefined, 'ERR_INVALID_TYPE', 'a string, but received 1 at index 1'],
    ['an unknown class', ['a', 'c'], ['a', 'b'], 'ERR_LABEL', 'one of the classes "a", "b" for y but received "c"'],
    ['another type than the known classes have', [0], ['0'], 'ERR_INVALID_TYPE', 'a string, but received 0'],
    ['no array', 'abc' as unknown as string[], undefined, 'ERR_INVALID_TYPE', 'an array of labels for y'],
  ])('refuses %s', (_, labels, known, code, message) => {
    const encode = () => encodeLabels(labels, 'y', known);
    expect(encode).toThrow(expect.objectContaining({ code }));
    expect(encode).toThrow(message);
  });
});
