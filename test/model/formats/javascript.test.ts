import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel, saveModel } from '../../../src/model/model.js';
import { describeInChromium, launchChromium } from '../../support/chromium.js';
import {
  BYTES,
  expectClose,
  expectSameProbabilities,
  scaledModel,
  scaledProbabilities,
  smallNet,
} from '../../support/small-net.js';
import { freshFolder } from '../../support/temporary-folder.js';

const inFolder = freshFolder();

interface Results {
  classes: number[];
  probabilities: number[];
  names: string[];
}

/** A program that calls the module at `url`. */
const program = (url: string) => `import(${JSON.stringify(url)}).then(({ predict, probabilities, classNames }) => {
  const bytes = ${JSON.stringify([...BYTES])};
  const rows = Array.from({ length: 7 }, (_, row) => Uint8Array.from(bytes.slice(row * 6, row * 6 + 6)));
  return { classes: predict(rows), probabilities: probabilities(rows).flat(), names: classNames };
})`;

describe.each(['float32', 'float64'] as const)('a module of a %s net', (dtype) => {
  it('predicts in a Node process without addons', async () => {
    const net = smallNet(dtype);
    await saveModel(inFolder('m.mjs'), net);
    const source = `${program(pathToFileURL(inFolder('m.mjs')).href)}.then((all) => console.log(JSON.stringify(all)))`;
    const output = execFileSync(process.execPath, ['--no-addons', '-e', source], { encoding: 'utf8' });
    const { classes, probabilities, names }: Results = JSON.parse(output);
    expect(classes).toEqual([...net.predict(BYTES)]);
    expect(names).toEqual(net.classNames);
    expectSameProbabilities(probabilities, net);
  });
});

it('scales rows', async () => {
  const model = scaledModel('float32');
  await saveModel(inFolder('m.mjs'), model);
  const { probabilities } = await import(`${pathToFileURL(inFolder('m.mjs')).href}?scaled`);
  const rows = Array.from({ length: 7 }, (_, row) => BYTES.subarray(row * 6, row * 6 + 6));
  expectClose(probabilities(rows).flat(), scaledProbabilities(model));
});

it('refuses rows of another length and numbers that are not finite', async () => {
  await saveModel(inFolder('m.mjs'), smallNet('float32'));
  const { predict } = await import(pathToFileURL(inFolder('m.mjs')).href);
  expect(() => predict([[1, 2]])).toThrow('Expected rows of 6 numbers but received 2');
  expect(() => predict([[1, 2, 3, 4, Number.NaN, 6]])).toThrow('received NaN at index 4');
  expect(() => predict([[1, 2, 3, 4, '5', 6]])).toThrow('received text 5 at index 4');
  expect(() => predict([1, 2, 3, 4, 5, 6])).toThrow('Expected an array of rows, such as [row], but received number');
});

it('is not read back, and says what to load', async () => {
  await saveModel(inFolder('m.mjs'), smallNet('float32'));
  const refusal = { code: 'ERR_MODEL_FILE', message: expect.stringContaining('load what it was made from') };
  await expect(loadModel(inFolder('m.mjs'))).rejects.toMatchObject(refusal);
});

describeInChromium('in Chromium', () => {
  it('predicts the same', async () => {
    const net = smallNet('float32');
    await saveModel(inFolder('m.mjs'), net);
    const server = createServer(({ url }, response) => {
      if (url === '/m.mjs') response.setHeader('content-type', 'text/javascript').end(readFileSync(inFolder('m.mjs')));
      else response.setHeader('content-type', 'text/html').end('<!doctype html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const { classes, probabilities } = await page.evaluate<Results>(program('/m.mjs'));
      expect(classes).toEqual([...net.predict(BYTES)]);
      expectSameProbabilities(probabilities, net);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
