/** The package as a page imports it, in Chromium: with and without the headers that allow threads. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Classifier, loadDataset, modelBytes, plotHistory, saveDataset, TwoLayerNet } from '../../src/index.js';
import { describeInChromium, launchChromium, openPage } from '../support/chromium.js';
import { servePages } from '../support/page-server.js';
import { png } from '../support/pictures.js';
import { ROOT, runCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';

const folder = sharedFolder();
const FRUIT = join(ROOT, 'examples', 'fruit.csv');

describeInChromium('the package in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  describe.each([
    { title: 'a plain page', isolated: false },
    { title: 'an isolated page', isolated: true },
  ])('$title', ({ isolated }) => {
    let page: Page;
    let complaints: readonly string[];
    beforeAll(async () => {
      ({ page, complaints } = await openPage(browser, await servePages(ROOT, isolated)));
    });
    afterAll(() => {
      expect(complaints).toEqual([]);
    });

    /** Runs code in the page, where T is the package and `given` is what is passed. */
    const run = <R>(code: string, given: Readonly<Record<string, unknown>> = {}): Promise<R> =>
      page.evaluate(`(async (given) => {
        const T = await import('/dist/browser/index.js');
        const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const text = (all) => btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(''));
        ${code}
      })(${JSON.stringify(given)})`) as Promise<R>;

    test('may share memory, or not', async () => {
      expect(await run('return crossOriginIsolated;')).toBe(isolated);
      expect(await run("return T.backendInfo('js').threads;")).toBe(1);
    });

    test('computes what Node computes, bit for bit, in TypeScript', async () => {
      const data = await loadDataset(FRUIT);
      const { net, classes } = await Classifier.fit(data, { epochs: 5, backend: 'js', seed: 3 });
      const here = await run<{ W1: number[]; classes: string[] }>(`
        const data = await T.loadDataset('/examples/fruit.csv');
        const { net, classes } = await T.Classifier.fit(data, { epochs: 5, backend: 'js', seed: 3 });
        return { W1: [...net.params.W1], classes };
      `);
      expect(here).toEqual({ W1: [...net.params.W1], classes });
    });

    test('trains in a Worker as on its own thread, reports, and stops', async () => {
      type Result = Record<'equal' | 'grown' | 'isFitAborted', boolean> &
        Record<'epochs' | 'models' | 'reached', number> & { name: string; code: string; cause: string };
      const result = await run<Result>(`
        const data = await T.loadDataset('/examples/fruit.csv');
        const told = { progress: [], epochs: 0, models: 0 };
        const options = { epochs: 40, validation: 0, backend: 'js' };
        const there = await T.fitInWorker(data, { ...options, progressInterval: 0, modelInterval: 0,
          onProgress: ({ iteration, history }) => told.progress.push([iteration, history.lossHistory.length]),
          onEpochEnd: () => told.epochs++,
          onModel: (one) => { told.models += one.predict([[150, 60, 40, 11]]).length; } });
        const here = await T.Classifier.fit(data, options);
        const equal = there.net.params.W1.every((value, i) => value === here.net.params.W1[i]);
        const grown = told.progress.every(([iteration, length]) => iteration === length);
        const stop = new AbortController();
        const stopped = await T.fitInWorker(data, { epochs: 100000, validation: 0, signal: stop.signal,
          onProgress: () => stop.abort('enough') }).catch((error) => error);
        return { equal, grown: grown && told.progress.length > 1, epochs: told.epochs, models: told.models,
          isFitAborted: stopped instanceof T.FitAbortedError, name: stopped.name, code: stopped.code,
          cause: stopped.cause, reached: stopped.classifier.history.lossHistory.length };
      `);
      expect(result).toMatchObject({ equal: true, grown: true, epochs: 40, isFitAborted: true });
      expect(result).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
      expect(result.models).toBeGreaterThan(0);
      expect(result.reached).toBeGreaterThan(0);
    });

    test('ends a Worker that has not begun, and tries a module again that did not load', async () => {
      const ended = await run<Record<string, string>>(`
        const data = await T.loadDataset('/examples/fruit.csv');
        const stop = new AbortController();
        const worker = () => new Worker(URL.createObjectURL(new Blob(['for (;;);'])));
        setTimeout(() => stop.abort('enough'), 20);
        const error = await T.fitInWorker(data, { worker, signal: stop.signal }).catch((thrown) => thrown);
        return { name: error.name, code: error.code, cause: error.cause };
      `);
      expect(ended).toEqual({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' });
      const [offline, again] = await run<{ backend: string; reasons: string[] }[]>(`
        const { fetch } = globalThis;
        globalThis.fetch = async () => { throw new TypeError('offline'); };
        const offline = await T.loadBackend();
        globalThis.fetch = fetch;
        return [offline, await T.loadBackend()];
      `);
      expect(offline).toMatchObject({ backend: 'js', reasons: [expect.stringContaining('offline')] });
      expect(again?.reasons.join()).not.toContain('offline');
    });

    test('refuses as Node does, from a Worker too, with the same classes and words', async () => {
      const refused = (code: string) =>
        run<unknown[]>(`
          const data = await T.loadDataset('/examples/fruit.csv');
          const error = await Promise.resolve().then(() => ${code}).catch((thrown) => thrown);
          return [error.constructor === T.DivergedError || error.constructor.name, error.code, error.message];
        `);
      expect(await refused("T.fitInWorker(data, { epochs: 'x' })")).toEqual([
        'TypeError',
        'ERR_INVALID_TYPE',
        'Expected an integer from 0 to 2147483647 for epochs but received "x"',
      ]);
      expect(await refused('T.fitInWorker(data, { patence: 3 })')).toEqual([
        'TypeError',
        'ERR_UNKNOWN_OPTION',
        'Unknown option "patence" in the options of fitInWorker: did you mean patience?',
      ]);
      const wild = "{ optimizer: 'sgd', learningRate: 1e9, standardize: false }";
      const [isDiverged, ...words] = await refused(`T.fitInWorker(data, ${wild})`);
      expect([isDiverged, words[0]]).toEqual([true, 'ERR_DIVERGED']);
      expect(await refused(`T.Classifier.fit(data, { ...${wild}, backend: 'js' })`)).toEqual([true, ...words]);
      const starting = async (file: string) => {
        const code = `T.fitInWorker(data, { worker: () => new Worker('${file}', { type: 'module' }) })`;
        const [, errorCode, message] = await refused(code);
        const [, why = String(message)] =
          new RegExp(`^Cannot start the Worker of fitInWorker from http://[^ ]*${file}: (.*)$`).exec(`${message}`) ??
          [];
        return [errorCode, why];
      };
      const remedy = '. Make two-layer-net/worker an entry of the bundle, .*docs/browser.md#bundlers$';
      expect(await starting('/no.js')).toEqual([
        'ERR_WORKER',
        expect.stringMatching(`^the server answers 404${remedy}`),
      ]);
      // As a server answers that has one page for all addresses.
      expect(await starting('/site/favicon.svg')).toEqual([
        'ERR_WORKER',
        expect.stringMatching(`^the server answers with \\S+ instead of text/javascript${remedy}`),
      ]);
      expect(await refused("T.fitInWorker(data, { worker: () => { throw new RangeError('mine'); } })")).toEqual([
        'RangeError',
        undefined,
        'mine',
      ]);
      expect(await refused('T.fitInWorker(data, { worker: async () => {} })')).toMatchObject([
        'TypeError',
        'ERR_INVALID_TYPE',
        expect.stringMatching(/^Expected a function that returns a Worker for worker but received .* from it$/),
      ]);
      const failing = 'new Worker(URL.createObjectURL(new Blob([\'throw new Error("torn")\'])))';
      expect(await refused(`T.fitInWorker(data, { worker: () => ${failing} })`)).toEqual([
        'Error',
        'ERR_WORKER',
        expect.stringMatching(/^The Worker of fitInWorker failed in blob:.*, line 1: .*torn$/),
      ]);
      expect(await run('return Worker.toString();')).toContain('native code');
      expect(await refused("T.loadModel(new File(['x'], 'some.onnx'))")).toEqual([
        'Error',
        'ERR_MODEL_FILE',
        'Cannot read the model some.onnx: expected a safetensors file of at least 8 bytes, found 1 bytes',
      ]);
      expect(await refused("T.loadDataset('/none.csv')")).toEqual([
        'Error',
        'ERR_DATA_FILE',
        'Cannot read /none.csv: the server answers 404',
      ]);
      expect(await refused("T.Classifier.fit(data, { checkpoint: { file: 'x' } })")).toMatchObject([
        'Error',
        'ERR_NOT_WRITABLE',
        expect.stringMatching(/^Cannot write x: a web page has no file system/),
      ]);
      complaints = complaints.filter((one) => !/404|MIME type/.test(one));
    });

    test('opens a model of the command line, and the command line one of the page', async () => {
      const name = (end: string) => join(folder, `${isolated}${end}`);
      const trained = await runCli(['train', '--data', FRUIT, '--iterations', '60', '--save', name('.safetensors')]);
      expect(trained.code, trained.stderr).toBe(0);
      const file = readFileSync(name('.safetensors'));
      const node = await Classifier.load(name('.safetensors'));
      const row = { weight_g: 150, diameter_mm: 60, firmness_n: 40, sugar_brix: 11 };
      const opened = await run<unknown[]>(
        `const model = await T.loadClassifier(bytes(given.file));
         return [model.predict([given.row]), [...model.probabilities([given.row])]];`,
        { file: file.toString('base64'), row },
      );
      const shares = [...node.probabilities([row])].map((share) => expect.closeTo(share, 5));
      expect(opened).toEqual([node.predict([row]), shares]);

      const made = await run<Record<string, string>>(`
        const classifier = await T.fitInWorker(await T.loadDataset('/examples/fruit.csv'), { epochs: 20 });
        const files = {};
        for (const end of ['.safetensors', '.onnx', '.json', '.npz', '.mjs']) {
          files[end] = text(await T.modelBytes(classifier.toModel(), 'model' + end));
        }
        return files;
      `);
      for (const [end, text] of Object.entries(made)) writeFileSync(name(end), Buffer.from(text, 'base64'));
      const ends = ['.safetensors', '.onnx', '.json', '.npz'];
      const accuracies = await Promise.all(
        ends.map(async (end) => {
          const { code, stdout, stderr } = await runCli(['evaluate', name(end), '--data', FRUIT]);
          expect(code, stderr).toBe(0);
          return stdout.replaceAll(name(end), '');
        }),
      );
      expect(new Set(accuracies.map((printed) => /\d\.\d+|\d+(\.\d+)? ?%/.exec(printed)?.[0])).size).toBe(1);
      const program = `import(${JSON.stringify(name('.mjs'))}).then((m) => console.log(Object.keys(m).join()))`;
      expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toContain('predict');
    });

    test('reads pictures, arrays and packed tables from blobs', async () => {
      const colours = { red: [200, 20, 30], green: [10, 180, 60] };
      const files: Record<string, string[]> = {};
      for (const [name, [r = 0, g = 0, b = 0]] of Object.entries(colours)) {
        const pictures = [0, 1, 2].map((i) => png(2, 2, Array.from({ length: 4 }, () => [r + i, g, b]).flat()));
        files[name] = (await Promise.all(pictures)).map((one) => Buffer.from(one).toString('base64'));
      }
      const archive = join(folder, 'rows.npz');
      await saveDataset(archive, {
        train: {
          X: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          y: [0, 1, 0],
        },
      });
      const result = await run<Record<string, unknown>>(
        `const blobs = (list) => list.map((one) => new Blob([bytes(one)], { type: 'image/png' }));
         const pictures = await T.loadDataset({ red: blobs(given.files.red), green: blobs(given.files.green) });
         const drawn = new ImageData(new Uint8ClampedArray([9, 8, 7, 255]), 1, 1);
         const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
         const rows = await T.pictureRows([drawn, canvas], { width: 1, height: 1, channels: 3 });
         const archive = await T.loadDataset(new File([bytes(given.archive)], 'rows.npz'));
         const table = await T.loadDataset(new File([bytes(given.table)], 'fruit.csv.gz'));
         return { pictures: [...pictures.train.X.data], classes: pictures.classNames, shape: pictures.imageShape,
           rows: [...rows.data], archive: [...archive.train.X.data],
             columns: table.columns.length, name: table.name };`,
        {
          files,
          archive: readFileSync(archive).toString('base64'),
          table: gzipSync(readFileSync(FRUIT)).toString('base64'),
        },
      );
      const pixels = (name: 'red' | 'green') => {
        const [r, g, b] = colours[name] as [number, number, number];
        return [0, 1, 2].flatMap((i) => Array.from({ length: 4 }, () => [r + i, g, b]).flat());
      };
      expect(result).toEqual({
        pictures: [...pixels('green'), ...pixels('red')],
        classes: ['green', 'red'],
        shape: { width: 2, height: 2, channels: 3 },
        rows: [9, 8, 7, 255, 255, 255],
        archive: [1, 2, 3, 4, 5, 6],
        columns: 4,
        name: 'fruit',
      });
    });

    test('draws the charts that Node draws, and makes PNG pictures of them', async () => {
      const history = { lossHistory: [3, 2, 1], trainAccHistory: [0.1, 0.5], valAccHistory: [0.2, 0.4] };
      // Texts are as wide as the page's fonts are: the curves are the same.
      const curves = (svg: string) => svg.match(/<path [^>]*stroke-width="2"[^>]*bevel[^>]*>/g);
      const [svg, signature] = await run<[string, number[]]>(
        `const picture = T.plotHistory(given.history);
         return [picture.svg, [...(await picture.png()).subarray(0, 4)]];`,
        { history },
      );
      expect(curves(svg)).toEqual(curves(plotHistory(history).svg));
      expect(curves(svg)).toHaveLength(2);
      expect(signature).toEqual([0x89, 0x50, 0x4e, 0x47]);
    });

    test('has the bytes of a net that Node has', async () => {
      const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 4, numClasses: 2, backend: 'js' });
      const bytes = Buffer.from(await modelBytes(net)).toString('base64');
      const options = "{ inputSize: 3, hiddenSize: 4, numClasses: 2, backend: 'js' }";
      expect(await run(`return text(await T.modelBytes(new T.TwoLayerNet(${options})));`)).toBe(bytes);
    });
  });
});
