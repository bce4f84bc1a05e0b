import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finished, ROOT, runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

interface Row {
  what: string;
  article: string;
  ours: string;
}

/** Run once, since it is the whole article: on CIFAR-10 if CIFAR10_DIR is set. */
const cifar10 = process.env.CIFAR10_DIR;
const folder = sharedFolder();
let finished: Finished;
let result: { parts: { title: string; comparisons: Row[]; seconds: number }[]; data: string };
beforeAll(async () => {
  const data = cifar10 ? ['--data', cifar10] : [];
  finished = await runCli(['reproduce', ...data, '--out', 'out', '--json', 'result.json'], { cwd: folder });
  result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
});

function row(what: string): Row {
  const found = result.parts.flatMap(({ comparisons }) => comparisons).find((one) => one.what === what);
  return found ?? expect.fail(`the result has no ${what}`);
}

describe('reproduce', () => {
  test('reproduces the whole article in order, and says how long each part took', () => {
    expect(finished.code, finished.stderr).toBe(0);
    const titles = ['scores', 'loss', 'gradients', 'training'].map((part) => `Toy model: ${part}`);
    expect(result.parts.map(({ title }) => title)).toStrictEqual([...titles, 'First training', 'Search', 'Result']);
    for (const { title, seconds } of result.parts)
      expect(finished.stdout).toContain(`${title} (${seconds.toFixed(2)} s)`);
    for (const { comparisons } of result.parts) {
      for (const { what, article, ours } of comparisons) {
        expect(finished.stdout).toContain(what);
        expect(finished.stdout).toContain(`${article} `);
        expect(finished.stdout).toContain(ours);
      }
    }
  });

  test("has the article's digits for the toy model", () => {
    for (const i of [1, 2, 3, 4, 5]) expect(row(`scores of row ${i}`).ours).toBe(row(`scores of row ${i}`).article);
    const { ours, article } = row('sum of their differences');
    expect(Number(ours)).toBeCloseTo(Number(article), 14);
    expect(row('loss').ours).toBe(row('loss').article);
    expect(Number(row('difference from the correct loss').ours)).toBeLessThan(1e-12);
    for (const name of ['b2', 'W1', 'W2', 'b1']) {
      const error = row(`${name} max relative error`);
      expect(Number(error.ours) / Number(error.article)).toBeCloseTo(1, 3);
    }
    expect(row('loss, first to last iteration').ours).toBe('1.2420 → 0.0171');
  });

  test.skipIf(!cifar10)(
    `comes near the article's accuracies on CIFAR-10${cifar10 ? '' : ' (skipped: CIFAR10_DIR is not set)'}`,
    () => {
      // The results of NumPy with seed 0, in fixtures/cifar10-runs.json.
      expect(row('validation accuracy').ours).toBe('0.278');
      expect(row('learning rate 0.001, strength 0.5').ours).toContain('0.491');
      expect(Number(row('best validation accuracy').ours)).toBeCloseTo(0.491, 2);
      expect(Number(row('test accuracy of the best net').ours)).toBeCloseTo(0.486, 2);
      for (const reg of [0.4, 0.5, 0.6]) expect(row(`learning rate 0.01, strength ${reg}`).ours).toBe('diverged');
    },
  );

  test('writes all pictures, and a page that contains them and needs no other file', () => {
    const names = [
      'figure-1-architecture',
      'figure-2-toy-loss',
      'figure-3-training',
      'figure-4-weights',
      'figure-5-weights',
      'search',
    ];
    const files = names.flatMap((name) => [`${name}.png`, `${name}.svg`]);
    expect(readdirSync(join(folder, 'out')).sort()).toStrictEqual([...files, 'reproduction.html'].sort());
    for (const name of names) {
      const png = readFileSync(join(folder, 'out', `${name}.png`));
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(readFileSync(join(folder, 'out', `${name}.svg`), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>$/);
    }
    const page = readFileSync(join(folder, 'out', 'reproduction.html'), 'utf8');
    expect(page.match(/<img src="data:image\//g)).toHaveLength(6);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).not.toContain('<script');
    for (const { what, ours } of result.parts.flatMap(({ comparisons }) => comparisons)) {
      expect(page).toContain(what);
      expect(page).toContain(ours);
    }
  });

  test('keeps the finished parts after Ctrl-C', async () => {
    const started = startCli(['reproduce', '--out', 'part', '--json', 'part.json'], { cwd: folder });
    started.child.stdout?.on('data', (text: string) => {
      if (text.includes('First training')) started.child.kill('SIGINT');
    });
    const { code, stderr } = await started.done;
    expect(code, stderr).toBe(130);
    const { parts, interrupted } = JSON.parse(readFileSync(join(folder, 'part.json'), 'utf8'));
    expect(interrupted).toBe(true);
    expect(readFileSync(join(folder, 'part', 'reproduction.html'), 'utf8')).toContain('stopped early');
    expect(parts.map(({ title }: { title: string }) => title)).not.toContain('Search');
    expect(parts.length).toBeGreaterThanOrEqual(5);
    expect(readdirSync(join(folder, 'part'))).toContain('reproduction.html');
  });

  test('docs/reproduction.md shows its output, with pictures that exist', () => {
    const doc = readFileSync(join(ROOT, 'docs', 'reproduction.md'), 'utf8');
    const pictures = [...doc.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(pictures.length).toBeGreaterThanOrEqual(5);
    for (const path of pictures) expect(readFileSync(join(ROOT, 'docs', path)).length).toBeGreaterThan(1000);
    for (const { title, comparisons } of result.parts.slice(0, 4)) {
      expect(doc).toContain(title);
      for (const { what, article, ours } of comparisons) {
        expect(doc).toContain(what);
        expect(doc).toContain(article);
        // The last digits depend on the order of the sums.
        if (!what.includes('differences') && !what.includes('error') && !what.includes('difference')) {
          expect(doc).toContain(ours);
        }
      }
    }
  });
});
