import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/model/model.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { ROOT } from '../support/run-cli.js';

const EXAMPLES = join(ROOT, 'examples');
const programs = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));

/** A folder inside the package, where the package can import itself by name. */
let inside: string;
beforeAll(() => {
  inside = join(ROOT, 'build', 'test-examples');
  mkdirSync(inside, { recursive: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const files = programs.map((name) => join(EXAMPLES, `${name}.ts`));
  // Erasable and verbatim: what Node itself can run by stripping the types.
  const options =
    '--ignoreConfig --strict --noUnusedLocals --noUnusedParameters --erasableSyntaxOnly --verbatimModuleSyntax ' +
    '--module nodenext --target es2022 --lib es2023 --types node';
  const args = [tsc, ...options.split(' '), '--rootDir', EXAMPLES, '--outDir', inside, ...files];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  copyFileSync(join(EXAMPLES, 'fruit.csv'), join(inside, 'fruit.csv'));
});
afterAll(() => rmSync(inside, { recursive: true, force: true }));

/** Runs a compiled example to its end and returns what it printed. */
function run(name: string, ...args: string[]): string {
  return execFileSync(process.execPath, [join(inside, `${name}.js`), ...args], { cwd: tmpdir(), encoding: 'utf8' });
}

/** The number that `pattern` finds in `text`. */
function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text);
  if (!found) throw new Error(`Expected ${pattern} in:\n${text}`);
  return Number(found[1]);
}

test('there are eight examples; examples/README.md lists each, and its header shows how to run it', () => {
  expect(programs.sort()).toEqual([
    'embeddings',
    'from-tfjs',
    'fruit',
    'live-progress',
    'mnist',
    'own-rows',
    'pictures',
    'toy',
  ]);
  const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  for (const name of programs) {
    expect(readme).toContain(`[${name}.ts](${name}.ts)`);
    const source = readFileSync(join(EXAMPLES, `${name}.ts`), 'utf8');
    for (const command of [`node examples/${name}.ts`, `npx tsx examples/${name}.ts`])
      expect(source).toContain(command);
  }
});

test("toy.ts prints the article's numbers next to its own, and a decreasing loss", () => {
  const printed = run('toy');
  expect(numberIn(printed, /sum of absolute differences: (\S+) /)).toBeLessThan(1e-7);
  expect(numberIn(printed, /^difference: (\S+) /m)).toBeLessThan(1e-9);
  for (const name of ['W1', 'b1', 'W2', 'b2']) {
    const error = numberIn(printed, new RegExp(`^${name} max relative error: (\\S+) `, 'm'));
    expect(error, name).toBeLessThan(1e-6);
    expect(error, name).toBeGreaterThan(0);
  }
  const first = numberIn(printed, /^iteration 0: loss (\S+)$/m);
  expect(first).toBeGreaterThan(1);
  expect(numberIn(printed, /^iteration 20: loss (\S+)$/m)).toBeLessThan(first);
  expect(numberIn(printed, /^final training loss: (\S+)$/m)).toBeLessThan(0.05);
  expect(printed).toContain('predicted classes: 0 1 2 2 1 (labels: 0 1 2 2 1)');
});

test('fruit.ts has eight lines of code', () => {
  const [, code = ''] = readFileSync(join(EXAMPLES, 'fruit.ts'), 'utf8').split('*/\n');
  expect(code.split('\n').filter((line) => line.trim() !== '')).toHaveLength(8);
});

test('fruit.ts classifies rows of a table that it has not seen, and a row by its columns', () => {
  const printed = run('fruit');
  const accuracy = numberIn(printed, /^(\S+) % of the test rows are right$/m);
  expect(accuracy).toBeGreaterThan(85);
  expect(accuracy, 'classes that overlap').toBeLessThan(100);
  expect(printed).toMatch(/^apricot \d\.\d\d \d\.\d\d\nnectarine .+\nplum .+\n\[ '(apricot|plum)' \]$/m);
});

test('embeddings.ts keeps what it is sure of, and leaves the rest to a person', () => {
  const printed = run('embeddings');
  const all = /^at 0\.00 or more: (\S+) % kept, (\S+) % right$/m.exec(printed)?.slice(1).map(Number) ?? [];
  const sure = /^at 0\.[5-9]\d or more: (\S+) % kept, (\S+) % right$/m.exec(printed)?.slice(1).map(Number) ?? [];
  expect(all[0]).toBe(100);
  expect(all[1]).toBeGreaterThan(85);
  expect(all[1]).toBeLessThan(99);
  expect(sure[0]).toBeGreaterThan(60);
  expect(sure[1]).toBeGreaterThanOrEqual(99);
  const sorted = printed.match(/^(billing|delivery|returns|other): .+ \(0\.\d\d\)$/gm) ?? [];
  expect(sorted.length).toBeGreaterThan(5);
});

describe('mnist.ts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'two-layer-net-examples-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Writes pictures of 8 · 8 pixels in MNIST's format: of digit d, a bright row d beside noise; two look the same. */
  function writePictures(part: string, count: number): void {
    const sizes = (...all: number[]) => all.flatMap((size) => [0, 0, size >> 8, size & 255]);
    const labels = Array.from({ length: count }, (_, i) => i % 8);
    const pixels = labels.flatMap((label, i) =>
      Array.from(
        { length: 64 },
        (_, at) => ((i * 7919 + at * 104_729) % 97) + (at >> 3 === Math.min(label, 6) ? 150 : 0),
      ),
    );
    const images = Buffer.from([0, 0, 8, 3, ...sizes(count, 8, 8), ...pixels]);
    writeFileSync(join(folder, `${part}-images-idx3-ubyte.gz`), gzipSync(images));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), Buffer.from([0, 0, 8, 1, ...sizes(count), ...labels]));
  }

  test("reads MNIST's files, tells which classes are confused, and saves the model and a picture", async () => {
    writePictures('train', 400);
    writePictures('t10k', 80);
    const printed = run('mnist', folder);
    expect(printed).toMatch(/^400 pictures of 8 · 8 pixels\nepoch 0: validation accuracy \d\.\d{3}\n/);
    const accuracy = numberIn(printed, /^test accuracy (\S+)$/m);
    expect(accuracy, 'six of eight digits are told apart').toBeGreaterThan(0.8);
    expect(accuracy, 'two digits look the same').toBeLessThan(0.95);
    expect(printed).toMatch(/^\d+ pictures of class ([67]) were taken for class (?!\1)[67]$/m);
    const { inputSize, history } = await loadModel(join(folder, 'digits.safetensors'));
    expect(inputSize).toBe(64);
    expect(history?.lossHistory.length).toBeGreaterThan(20);
    expect(readFileSync(join(folder, 'weights.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('pictures.ts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'two-layer-net-examples-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A picture that is bright on one side, of a size of its own. */
  async function draw(file: string, side: 'left' | 'top', seed: number): Promise<void> {
    const [width, height] = [20 + (seed % 7), 18 + (seed % 5)];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const at = Math.floor(i / 3);
      const bright = side === 'left' ? at % width < width / 2 : at < (width * height) / 2;
      return (bright ? 150 : 40) + ((i * 7919 + seed * 104_729) % 61);
    });
    const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
    await (file.endsWith('.jpg') ? picture.jpeg() : picture.png()).toFile(file);
  }

  test('learns from folders of pictures, and names the class of new ones', async () => {
    for (const side of ['left', 'top'] as const) {
      mkdirSync(join(folder, 'shapes', side), { recursive: true });
      mkdirSync(join(folder, 'new'), { recursive: true });
      for (let i = 0; i < 30; i++) await draw(join(folder, 'shapes', side, `${i}.${i % 2 ? 'jpg' : 'png'}`), side, i);
      await draw(join(folder, 'new', `bright-${side}.jpg`), side, 99);
    }
    const args = [join(inside, 'pictures.js'), join(folder, 'shapes'), join(folder, 'new')];
    const printed = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect(printed).toMatch(/^60 pictures of left, top\n100 % of the test pictures are right\n/);
    expect(printed).toMatch(/\nbright-left.jpg: left \(\d\.\d\d\)\nbright-top.jpg: top \(\d\.\d\d\)\n$/);
    expect(existsSync(join(folder, 'pictures.png'))).toBe(true);
    expect((await loadModel(join(folder, 'pictures.safetensors'))).inputSize).toBe(16 * 16 * 3);
  });
});

test('from-tfjs.ts trains the same net, and takes over weights', () => {
  const printed = run('from-tfjs');
  expect(numberIn(printed, /^(\d+) % of the rows are right$/m)).toBeGreaterThan(80);
  expect(printed).toMatch(/^first row: (\d\.\d{4}, ){2}\d\.\d{4}$/m);
  // Where TensorFlow.js is installed, it computes the same.
  const difference = /^largest difference to TensorFlow\.js: (\S+)$/m.exec(printed);
  if (difference) expect(Number(difference[1])).toBeLessThan(1e-5);
  else expect(printed).toContain('without @tensorflow/tfjs there is nothing to compare with');
});

describe('own-rows.ts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'two-layer-net-examples-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('classifies the held-out rows, saves the model with its scale, and predicts with it', async () => {
    const file = join(folder, 'fruit.safetensors');
    const printed = run('own-rows', file);
    expect(printed).toContain(`saved ${file}`);
    expect(existsSync(file)).toBe(true);
    // Always predicting the most frequent class is right in 21 rows of 50.
    const accuracy = numberIn(printed, /^validation accuracy: (\S+) \(50 rows\)$/m);
    expect(accuracy).toBeGreaterThan(0.88);
    expect(accuracy, 'classes that overlap').toBeLessThan(1);

    const confusion = ['apricot', 'nectarine', 'plum'].map((name) => {
      const counts = new RegExp(`^ +${name}((?: +\\d+){3})$`, 'm').exec(printed)?.[1];
      return counts?.trim().split(/ +/).map(Number) ?? [];
    });
    expect(confusion.flat().reduce((sum, count) => sum + count)).toBe(50);
    expect(confusion[0][0] + confusion[1][1] + confusion[2][2]).toBe(Math.round(50 * accuracy));

    const { classNames, settings, params } = await loadModel(file);
    expect(classNames).toEqual(['apricot', 'nectarine', 'plum']);
    expect(settings?.columns).toEqual(['weight_g', 'diameter_mm', 'firmness_n', 'sugar_brix']);
    const { means, spreads } = settings as { means: number[]; spreads: number[] };
    // Each column has its own scale: diameters are tens of millimetres.
    expect(means).toEqual([expect.any(Number), expect.closeTo(50, -1), expect.any(Number), expect.any(Number)]);
    const [, fruit, name, probability] = /^([\d., ]+): (\w+), probability (\S+)$/m.exec(printed) ?? [];
    const row = fruit.split(', ').map((x, d) => (Number(x) - means[d]) / spreads[d]);
    const probabilities = Array.from(TwoLayerNet.fromParams(params).probabilities([row]));
    expect(probability).toBe(Math.max(...probabilities).toFixed(3));
    expect(classNames?.indexOf(name)).toBe(probabilities.indexOf(Math.max(...probabilities)));
  });

  test('writes into a new temporary folder by default', () => {
    const file = /^saved (.+)$/m.exec(run('own-rows'))?.[1] ?? '';
    expect(existsSync(file)).toBe(true);
    rmSync(join(file, '..'), { recursive: true });
  });
});

describe('live-progress.ts', () => {
  let child: ChildProcess;
  let url: string;
  /** The server's exit code or signal. */
  let exit: Promise<unknown[]>;

  beforeEach(async () => {
    child = spawn(process.execPath, [join(inside, 'live-progress.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    exit = once(child, 'exit');
    if (!child.stdout) throw new Error('Expected a pipe');
    const line = await Promise.race([
      once(createInterface(child.stdout), 'line').then(([text]) => text),
      exit.then((how) => `ended: ${how}`),
    ]);
    expect(line).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\/$/);
    url = new URL(line.slice('listening on '.length)).origin;
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await exit;
  });

  const post = async (path: string, headers = {}) => (await fetch(url + path, { method: 'POST', headers })).status;

  /** The status of a request with this Host header, which `fetch` does not let a program set. */
  async function statusFor(host: string, options: RequestOptions = {}): Promise<number | undefined> {
    const [response] = await once(request(url, { ...options, headers: { host } }).end(), 'response');
    response.resume();
    return response.statusCode;
  }

  /** The server-sent events of `GET /progress`, from now on. */
  async function listen() {
    const { status, headers, body } = await fetch(`${url}/progress`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    if (!body) throw new Error('Expected a stream');
    return eventsOf(body.pipeThrough(new TextDecoderStream()));
  }

  async function* eventsOf(chunks: AsyncIterable<string>) {
    let text = '';
    for await (const chunk of chunks) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event) yield { event, data: JSON.parse(data) };
      }
    }
  }

  test('reports on a training while answering other requests, and stops it on request', async () => {
    const events = await listen();
    const next = async () => {
      const { value, done } = await events.next();
      if (done) throw new Error('Expected another event');
      return value;
    };
    expect(await post('/stop')).toBe(409);
    expect(await post('/train')).toBe(202);
    expect(await post('/train')).toBe(409);

    let before = 0;
    for (let report = 0; report < 3; report++) {
      const { event, data } = await next();
      expect(event).toBe('progress');
      expect(data).toEqual({
        iteration: expect.any(Number),
        numIters: 400_000,
        loss: expect.any(Number),
        accuracy: expect.any(Number),
      });
      expect(data.iteration).toBeGreaterThan(before);
      before = data.iteration;
      expect(await (await fetch(`${url}/health`)).json()).toEqual({ training: true });
    }
    expect(before).toBeLessThan(400_000);

    expect(await post('/stop')).toBe(202);
    let last = await next();
    while (last.event === 'progress') last = await next();
    expect(last).toEqual({ event: 'end', data: { how: 'stopped' } });
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ training: false });

    expect(await post('/train'), 'another training').toBe(202);
    expect((await next()).data.iteration, 'starts anew').toBeGreaterThan(0);
  });

  test('refuses requests for other host names, and POSTs from other sites', async () => {
    const { port, host } = new URL(url);
    expect(await statusFor(host)).toBe(200);
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    for (const strange of ['attacker.example', `attacker.example:${port}`, '127.0.0.1', `127.0.0.1:${port}0`]) {
      expect(await statusFor(strange), strange).toBe(403);
      expect(await statusFor(strange, { method: 'POST', path: '/train' }), strange).toBe(403);
    }
    for (const origin of ['http://attacker.example', 'null', `https://127.0.0.1:${port}`]) {
      expect(await post('/train', { origin }), origin).toBe(403);
    }
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ training: false });
    expect(await post('/train', { origin: url })).toBe(202);
  });

  test('serves its page, and 404 for any other path', async () => {
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain("new EventSource('progress')");
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect(await post('/health')).toBe(404);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s in mid-training ends it with code 0', async (signal) => {
    const events = await listen();
    expect(await post('/train')).toBe(202);
    expect((await events.next()).value?.event).toBe('progress');
    child.kill(signal);
    const rest = [];
    for await (const { event, data } of events) if (event === 'end') rest.push(data);
    expect(rest).toEqual([{ how: 'stopped' }]);
    expect(await exit).toEqual([0, null]);
  });
});
