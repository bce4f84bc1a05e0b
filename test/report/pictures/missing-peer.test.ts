import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plotWeights } from '../../../src/report/pictures/plot-weights.js';
import { plotHistory } from '../../../src/report/pictures/plots.js';
import { whyNoRaster } from '../../../src/report/pictures/rasterize.js';

vi.mock('@resvg/resvg-js', () => {
  throw new Error('it is not installed');
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picture-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('without @resvg/resvg-js', () => {
  const chart = plotHistory({ lossHistory: [3, 2, 1], trainAccHistory: [], valAccHistory: [] });
  const missing = expect.objectContaining({
    code: 'ERR_MISSING_PEER',
    message: expect.stringContaining('npm install @resvg/resvg-js'),
    cause: expect.anything(),
  });

  it('refuses a chart as PNG and names the command that installs the package', async () => {
    await expect(chart.png()).rejects.toEqual(missing);
    expect(await whyNoRaster()).toContain('npm install @resvg/resvg-js');
  });

  it('does not save a chart as PNG and leaves no file', async () => {
    await expect(chart.save(join(folder, 'a.png'))).rejects.toEqual(missing);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('saves a chart as SVG', async () => {
    await chart.save(join(folder, 'a.svg'));
    expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toBe(chart.svg);
  });

  it('saves weights as PNG', async () => {
    const picture = plotWeights({ params: { W1: Float64Array.of(0, 1, 2) }, inputSize: 3, hiddenSize: 1 });
    await picture.save(join(folder, 'a.png'));
    expect([...readFileSync(join(folder, 'a.png')).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });
});
