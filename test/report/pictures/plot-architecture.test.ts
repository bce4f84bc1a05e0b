import { describe, expect, it } from 'vitest';
import { TwoLayerNet } from '../../../src/net/two-layer-net.js';
import type { Picture } from '../../../src/report/pictures/picture.js';
import { type PlotArchitectureOptions, plotArchitecture } from '../../../src/report/pictures/plot-architecture.js';
import { expectSound, labelOf, labelsOf, textsOf } from '../../support/charts.js';

const sizes = (inputSize: number, hiddenSize: number, numClasses: number, classNames?: string[]) => ({
  inputSize,
  hiddenSize,
  numClasses,
  classNames,
});
/** The circles of units, without the dots between them: where each is. */
function unitsOf({ svg }: Picture): [x: number, y: number][] {
  return [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*fill-opacity/g)].map(([, x, y]) => [+x, +y]);
}
const linesOf = ({ svg }: Picture) => [...svg.matchAll(/M[\d.]+ [\d.]+L/g)].length;

describe('plotArchitecture', () => {
  it.each<[string, ReturnType<typeof sizes>, PlotArchitectureOptions]>([
    ['a small net', sizes(4, 3, 2), {}],
    ['the net of the article', sizes(3072, 50, 10), { title: 'CIFAR-10 <&>' }],
    ['one unit in each layer', sizes(1, 1, 1), { width: 200, height: 200, title: 'a title that is too long for it' }],
    ['the largest sizes', sizes(2 ** 30, 2 ** 30, 2 ** 30), { width: 600, height: 600, units: 30 }],
    ['many classes', sizes(784, 512, 100), { width: 300, height: 200 }],
    ['names that are no text', sizes(2, 3, 3, ['', '\u0000\ud800', '<b>"\'&']), { dark: true }],
    ['long names', sizes(2, 3, 2, ['n'.repeat(1e6), '長'.repeat(50)]), {}],
  ])('draws %s inside the picture', (_, net, options) => {
    const picture = plotArchitecture(net, options);
    expectSound(picture);
    expect(picture.width).toBe(options.width ?? 760);
    for (const [x, y] of unitsOf(picture)) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(picture.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(picture.height);
    }
    expect(picture.svg.length).toBeLessThan(2e6);
  });

  it('draws all units of a small net, in three columns, each joined to all of the next', () => {
    const net = new TwoLayerNet({ ...sizes(4, 5, 3, ['ash', 'elm', 'oak']), backend: 'js' });
    const picture = plotArchitecture(net);
    const units = unitsOf(picture);
    const xs = [...new Set(units.map(([x]) => x))];
    expect(xs).toStrictEqual([...xs].sort((a, b) => a - b));
    expect(xs.map((x) => units.filter(([other]) => other === x).length)).toStrictEqual([4, 5, 3]);
    expect(linesOf(picture)).toBe(4 * 5 + 5 * 3);
    expect(textsOf(picture)).toEqual(
      expect.arrayContaining([
        'D = 4',
        'H = 5',
        'C = 3',
        'W1 (4, 5), b1 (5)',
        'W2 (5, 3), b2 (3)',
        'ash',
        'elm',
        'oak',
      ]),
    );
    // A name stands beside its circle.
    const [, y] = units[4 + 5 + 1];
    expect(Math.abs(labelOf(picture, 'elm').y - y)).toBeLessThan(8);
  });

  it('draws the first units and the last of a large layer', () => {
    const classNames = Array.from({ length: 40 }, (_, c) => `class ${c}`);
    const picture = plotArchitecture(sizes(3072, 50, 40), { units: 6, classNames });
    expect(unitsOf(picture)).toHaveLength(3 * 5);
    expect(linesOf(picture)).toBe(2 * 25);
    const texts = textsOf(picture);
    expect(texts).toEqual(expect.arrayContaining(['1', '4', '3072', 'class 0', 'class 3', 'class 39']));
    expect(texts).not.toContain('class 4');
  });

  it('cuts long names, and shortens shapes where there is no room', () => {
    const texts = labelsOf(plotArchitecture(sizes(784, 512, 2, ['x'.repeat(300), 'b']), { width: 520 }));
    expect(texts.find(({ text }) => text.startsWith('xx'))?.text).toMatch(/^x{5,40}…$/);
    expect(texts.map(({ text }) => text)).toContain('W1, b1');
  });

  it.each<[string, unknown, object, string, RegExp]>([
    ['nothing', null, {}, 'ERR_INVALID_TYPE', /a net/],
    ['half a net', { inputSize: 3 }, {}, 'ERR_INVALID_TYPE', /hiddenSize/],
    ['names of another number', sizes(2, 2, 2), { classNames: ['a'] }, 'ERR_SHAPE', /2 classNames/],
    ['two circles', sizes(2, 2, 2), { units: 2 }, 'ERR_OUT_OF_RANGE', /units/],
    ['an unknown option', sizes(2, 2, 2), { unit: 9 }, 'ERR_UNKNOWN_OPTION', /did you mean units/],
    ['a width of 0', sizes(2, 2, 2), { width: 0 }, 'ERR_OUT_OF_RANGE', /width/],
  ])('refuses %s', (_, net, options, code, message) => {
    const call = () => plotArchitecture(net as ReturnType<typeof sizes>, options);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
