import { describe, expect, expectTypeOf, it } from 'vitest';
import { Dataset, type DatasetInput } from '../../src/data/dataset.js';
import { Matrix } from '../../src/data/matrix.js';
import type { DatasetPart } from '../../src/data/part.js';
import type { Column } from '../../src/data/tables/column.js';
import { RandomState } from '../../src/random/random-state.js';

/** Ten rows of two bytes: (10·i, 10·i + 1), of class i mod 3. */
const bytes = Uint8Array.from({ length: 20 }, (_, i) => 10 * Math.floor(i / 2) + (i % 2));
const y = Uint8Array.from({ length: 10 }, (_, i) => i % 3);
const ten = () => new Dataset({ train: { X: new Matrix(bytes, 2), y } });
/** The first number of each row divided by ten: which of the ten rows they are. */
const rowsOf = (part: DatasetPart | undefined) => part && Array.from(part.y, (_, i) => part.X.data[2 * i] / 10);

function transferred(): Float64Array {
  const array = Float64Array.of(1, 2);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

describe('a data set', () => {
  it('keeps bytes and labels where they are, and knows sizes and names', () => {
    const data = ten();
    expect(data.train.X.data).toBe(bytes);
    expect(data.train.y).toBe(y);
    expect(data).toMatchObject({ inputSize: 2, numClasses: 3, classNames: ['0', '1', '2'], source: 'unnamed rows' });
    expect(data).toMatchObject({ validation: undefined, test: undefined, mean: undefined, imageShape: undefined });
  });

  it.each<[string, DatasetInput['train'], inputSize?: number]>([
    [
      'nested arrays',
      {
        X: [
          [0.5, 1],
          [2, 3],
        ],
        y: [0, 1],
      },
    ],
    ['a flat array', { X: Float64Array.of(0.5, 1, 2, 3), y: Int8Array.of(0, 1) }, 2],
    ['a Matrix', { X: new Matrix(Float64Array.of(0.5, 1, 2, 3), 2), y: new Float32Array([0, 1]) }],
  ])('is made from %s', (_, train, inputSize) => {
    const { train: made } = new Dataset({ train, inputSize });
    expect(made.X.data).toStrictEqual(Float64Array.of(0.5, 1, 2, 3));
    expect(made.y).toStrictEqual(Int32Array.of(0, 1));
    expectTypeOf(made.X).toEqualTypeOf<Matrix>();
  });

  it('is made once: from returns a data set as it is', () => {
    const data = ten();
    expect(Dataset.from(data)).toBe(data);
    expect(Dataset.from({ train: data.train })).toBeInstanceOf(Dataset);
  });

  it('has the classes that are given, and otherwise those of the training labels', () => {
    const train = { X: [[1], [2]], y: [0, 1] };
    expect(new Dataset({ train, numClasses: 4 }).classNames).toStrictEqual(['0', '1', '2', '3']);
    expect(new Dataset({ train, classNames: ['a', 'b', 'c'] }).numClasses).toBe(3);
    expect(new Dataset({ train }).numClasses).toBe(2);
  });

  it('does not name millions of classes before somebody asks', () => {
    const data = new Dataset({ train: { X: [[1]], y: [2 ** 31 - 2] }, numClasses: 2 ** 31 - 1 });
    expect(data).toMatchObject({ numClasses: 2 ** 31 - 1, named: false });
  });

  it('applies the mean of the training rows to parts without one', () => {
    const mean = Float64Array.of(1, 2);
    const own = Float64Array.of(3, 4);
    const part = (given?: Float64Array) => ({ X: new Matrix(bytes, 2, { mean: given }), y });
    const { validation, test, fitted } = new Dataset({ train: part(mean), validation: part(), test: part(own) });
    expect([fitted.mean, validation?.X.mean, test?.X.mean]).toEqual([mean, mean, own]);
  });

  const good = { X: [[1, 2]], y: [0] };
  it.each<[string, unknown, string, RegExp]>([
    ['nothing', null, 'ERR_INVALID_TYPE', /a Dataset, or an object with train: .* but received null/],
    ['rows alone', [[1, 2]], 'ERR_INVALID_TYPE', /a Dataset, or an object with train: .* but received an array/],
    ['no training rows', { validation: good }, 'ERR_INVALID_TYPE', /an object of X and y for train/],
    ['an unknown field', { train: good, validatoin: good }, 'ERR_UNKNOWN_OPTION', /did you mean validation\?/],
    ['labels of another number', { train: { X: good.X, y: [0, 1] } }, 'ERR_SHAPE', /train/],
    [
      'rows of another width',
      { train: good, test: { X: [[1]], y: [0] } },
      'ERR_SHAPE',
      /2 numbers for row 0 of test.X/,
    ],
    ['a NaN', { train: good, test: { X: [[1, Number.NaN]], y: [0] } }, 'ERR_NOT_FINITE', /test.X .* row 0, column 1/],
    ['a label above the classes', { train: good, test: { X: good.X, y: [1] } }, 'ERR_LABEL', /test.y/],
    ['too few names', { train: good, numClasses: 2, classNames: ['a'] }, 'ERR_SHAPE', /2 classNames/],
    [
      'an image of another size',
      { train: good, imageShape: { height: 1, width: 1, channels: 3 } },
      'ERR_SHAPE',
      /an imageShape of 2 numbers/,
    ],
    [
      'rows in the place of a part',
      { train: good.X },
      'ERR_INVALID_TYPE',
      /an object of X and y for train but .* an array/,
    ],
    ['a part that is false', { train: good, test: false }, 'ERR_INVALID_TYPE', /an object of X and y for test/],
    [
      'a label that is not a number',
      { train: { X: [[1]], y: ['a'] } },
      'ERR_LABEL',
      /received "a" at index 0 of train.y/,
    ],
    ['rows that were transferred', { train: { X: transferred(), y: [0] } }, 'ERR_DETACHED', /for train.X/],
    ['a source that is a number', { train: good, source: 7 }, 'ERR_INVALID_TYPE', /a string for source/],
  ])('is refused with %s', (_, input, code, message) => {
    const make = () => Dataset.from(input as DatasetInput);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  it('says which part is missing', () => {
    expect(() => ten().part('test')).toThrow(/with test rows but received one without/);
    expect(ten().part('train').y).toBe(y);
  });

  it('without a part has the others', () => {
    const data = ten().split({ validation: 2, test: 3 }).without('test');
    expect(data.test).toBeUndefined();
    expect(rowsOf(data.validation)).toEqual([5, 6]);
  });
});

describe('center', () => {
  it('fits the mean of the training rows alone, and shares the rows', () => {
    const data = ten().split({ train: 4, validation: 6 }).center();
    expect(data.mean).toEqual(Float64Array.of(15, 16));
    expect(data.validation?.X.mean).toBe(data.mean);
    expect(data.train.X.data.buffer).toBe(bytes.buffer);
  });
});

describe('split', () => {
  it('takes counts, in the order of the rows, as views', () => {
    const { train, validation, test } = ten().split({ validation: 2, test: 3 });
    expect([rowsOf(train), rowsOf(validation), rowsOf(test)]).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6],
      [7, 8, 9],
    ]);
    expect(validation?.X.data.buffer).toBe(bytes.buffer);
    expect(Array.from(validation?.y ?? [])).toEqual([2, 0]);
  });

  it('takes shares, rounded to at least one row, and may leave rows out', () => {
    const { train, validation, test } = ten().split({ train: 0.5, validation: 0.16, test: 0.01 });
    expect([train.y.length, validation?.y.length, test?.y.length]).toEqual([5, 2, 1]);
  });

  it('shuffles whole rows with their labels, the same for the same seed', () => {
    const split = () => ten().split({ validation: 3 }, { random: new RandomState(0) });
    const { train, validation } = split();
    const order = new RandomState(0).permutation(10);
    expect([...(rowsOf(train) ?? []), ...(rowsOf(validation) ?? [])]).toEqual([...order]);
    expect([...train.y, ...(validation?.y ?? [])]).toEqual([...order].map((row) => row % 3));
    expect(train.X.data).toBeInstanceOf(Uint8Array);
    expect(split().train).toStrictEqual(train);
  });

  it('fits again what was fitted: on the new training rows', () => {
    expect(ten().center().split({ train: 2, validation: 8 }).mean).toEqual(Float64Array.of(5, 6));
  });

  it('keeps classes that the training rows lack after it', () => {
    expect(ten().split({ train: 1, validation: 9 }).numClasses).toBe(3);
  });

  it.each<[string, object, RegExp]>([
    [
      'more rows than there are',
      { train: 8, validation: 3 },
      /parts of 10 rows in all, .* but received 8 to train, 3 to validate/,
    ],
    ['no row to train', { validation: 5, test: 5 }, /parts of 10 rows in all, .* but received none left to train/],
    ['a count that is not whole', { validation: 1.5 }, /an integer of at least 1 for the size of validation/],
    ['a share that is a text', { validation: '0.2' }, /an integer of at least 1 for the size of validation .* "0.2"/],
    ['an unknown part', { valid: 1 }, /"valid" in the sizes of split/],
  ])('refuses %s', (_, sizes, message) => {
    expect(() => ten().split(sizes)).toThrow(message);
  });

  it('refuses a seed in the place of a stream', () => {
    const options = { random: 3 as unknown as RandomState };
    expect(() => ten().split({ test: 2 }, options)).toThrow(/a RandomState for random but received 3/);
  });

  it('copies a Buffer to plain arrays', () => {
    const data = new Dataset({ train: { X: new Matrix(Buffer.from(bytes), 2), y: Buffer.from(y) } });
    const { train } = data.split({ validation: 3 }, { random: new RandomState(0) });
    expect(train).toStrictEqual(ten().split({ validation: 3 }, { random: new RandomState(0) }).train);
  });

  it('does not read the rows again to look for NaN', () => {
    const X = Float64Array.from(bytes);
    const data = new Dataset({ train: { X, y }, inputSize: 2 });
    X[3] = Number.NaN;
    expect(() => data.split({ validation: 3 })).not.toThrow();
    expect(() => new Dataset({ train: { X, y }, inputSize: 2 })).toThrow(/row 1, column 1/);
  });

  it('refuses no sizes', () => {
    const sizes = undefined as unknown as object;
    expect(() => ten().split(sizes)).toThrow(/an object for the sizes of split but received undefined/);
  });

  it('refuses to replace a part', () => {
    expect(() => ten().split({ test: 2 }).split({ test: 2 })).toThrow(/without test rows to split some off/);
  });
});

describe('a stratified split', () => {
  /** 90 rows of class 0, 9 of class 1 and one of class 2, sorted by class; the number of a row is its index. */
  const skewed = () =>
    new Dataset({
      train: {
        X: new Matrix(
          Float64Array.from({ length: 100 }, (_, i) => i),
          1,
        ),
        y: labels(90, 9, 1),
      },
      classNames: ['many', 'few', 'one'],
    });
  const labels = (...counts: number[]) => Int32Array.from(counts.flatMap((count, c) => Array(count).fill(c)));
  const sizes = ({ y }: DatasetPart) => [0, 1, 2].map((c) => y.filter((label) => label === c).length);

  it('gives each part each class in proportion, by largest remainders', () => {
    const { train, validation, test } = skewed().split({ validation: 0.2, test: 10 }, { stratify: true });
    expect([train, validation, test].map((part) => part && sizes(part))).toEqual([
      [63, 6, 1],
      [18, 2, 0],
      [9, 1, 0],
    ]);
  });

  it('keeps the order of the rows, or draws one: the same for the same seed', () => {
    const inOrder = skewed().split({ validation: 0.2 }, { stratify: true });
    expect([...inOrder.train.X.data]).toEqual([...inOrder.train.X.data].sort((a, b) => a - b));
    const drawn = (seed: number) =>
      skewed().split({ validation: 0.2 }, { stratify: true, random: new RandomState(seed) });
    const { train, validation } = drawn(1);
    expect(drawn(1).train).toStrictEqual(train);
    expect(drawn(2).train).not.toStrictEqual(train);
    expect(sizes(train)).toEqual([72, 7, 1]);
    const all = [...train.X.data, ...(validation?.X.data ?? [])];
    expect(all.sort((a, b) => a - b)).toEqual([...skewed().train.X.data]);
    expect([...train.y]).toEqual(Array.from(train.X.data, (row) => (row < 90 ? 0 : row < 99 ? 1 : 2)));
  });

  it('says which classes a part lacks', () => {
    expect(skewed().split({ validation: 10 }, { stratify: true }).warnings).toEqual([
      'Class "one" has one row, so other parts have none of it',
    ]);
    expect(skewed().split({ validation: 3, test: 2 }, { stratify: true }).warnings).toEqual([
      'Class "one" has one row, so other parts have none of it',
      'No validation row is of class "few"',
      'No test row is of class "few"',
    ]);
    expect(skewed().split({ validation: 5 }).warnings).toEqual([]);
  });

  it('leaves training a row of each class if it can', () => {
    const four = { X: [[0], [1], [2], [3]], y: [0, 0, 1, 2] };
    const parts = new Dataset({ train: four }).split({ validation: 1 }, { stratify: true });
    expect([[...parts.train.y], [...(parts.validation?.y ?? [])]]).toEqual([[0, 1, 2], [0]]);
    const forced = new Dataset({ train: four }).split({ validation: 3 }, { stratify: true });
    expect([forced.train.y.length, forced.validation?.y.length]).toEqual([1, 3]);
  });

  it('takes a share of the training rows too', () => {
    const { train, validation } = skewed().split({ train: 0.5, validation: 0.2 }, { stratify: true });
    expect([sizes(train), validation && sizes(validation)]).toEqual([
      [45, 5, 0],
      [18, 2, 0],
    ]);
  });

  it('refuses a word for stratify', () => {
    const options = { stratify: 'yes' as unknown as boolean };
    expect(() => ten().split({ test: 2 }, options)).toThrow(/true or false for stratify but received "yes"/);
  });
});

describe('the columns of a table', () => {
  const columns = [
    { name: 'size', type: 'number' },
    { name: 'color', type: 'category', categories: ['blue', 'red'], fill: 'red' },
  ] as const;
  const train = { X: [[1, 0, 1]], y: [0] };

  it('stay with the data set, and cannot be changed', () => {
    const given = structuredClone(columns) as unknown as Column[];
    const data = new Dataset({ train, columns: given, warnings: ['w'] });
    given.pop();
    for (const other of [data, data.center(), data.without('test')]) {
      expect(other.columns).toEqual(columns);
      expect(other.warnings).toEqual(['w']);
    }
    expect(Object.isFrozen(data.columns) && Object.isFrozen(data.columns?.[1])).toBe(true);
    expect(JSON.parse(JSON.stringify(data.columns))).toEqual(columns);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['of other numbers per row', columns.slice(1), 'ERR_SHAPE', /give 3 numbers, as a row has, but .* give 2/],
    ['of one name', [columns[0], columns[0], columns[0]], 'ERR_COLUMN', /different names but received two of "size"/],
    ['of an unknown type', [{ name: 'a', type: 'date' }], 'ERR_INVALID_TYPE', /type of columns\[0\] .* "date"/],
    ['without a name', [{ type: 'number' }], 'ERR_INVALID_TYPE', /a string for the name of columns\[0\]/],
    ['without categories', [{ name: 'a', type: 'category' }], 'ERR_INVALID_TYPE', /categories of columns\[0\]/],
    [
      'with a category twice',
      [{ name: 'a', type: 'category', categories: ['x', 'x', 'y'] }],
      'ERR_COLUMN',
      /"x" is twice/,
    ],
    [
      'with a fill that is not a category',
      [{ name: 'a', type: 'category', categories: ['x'], fill: 'z' }],
      'ERR_COLUMN',
      /"z"/,
    ],
    ['with a fill that is NaN', [{ name: 'a', type: 'number', fill: Number.NaN }], 'ERR_NOT_FINITE', /the fill of/],
    ['in an object', {}, 'ERR_INVALID_TYPE', /an array of columns/],
  ])('are refused %s', (_, given, code, message) => {
    const make = () => new Dataset({ train, columns: given as Column[] });
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});
