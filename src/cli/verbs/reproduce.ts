import { join } from 'node:path';
import { Command, Option } from 'commander';
import { PICTURE_NAMES, type ReproducedPart, type ReproductionOptions, reproduce } from '../../article/reproduction.js';
import { reproductionHtml } from '../../article/reproduction-html.js';
import type { BackendChoice } from '../../backend/choose.js';
import type { Dataset } from '../../data/dataset.js';
import { makeFolder } from '../../platform/make-folder.js';
import { replaceFile } from '../../platform/replace-file.js';
import { backendWords } from '../../report/document/backend-words.js';
import { whyNoRaster } from '../../report/pictures/rasterize.js';
import { isTrainingAborted } from '../../training/errors.js';
import { DTYPES, type Dtype } from '../../training/settings.js';
import { isSweepAborted } from '../../tune/sweep-results.js';
import { largest } from '../../validation/long-lists.js';
import { computeInfo, computeOptions } from '../options/compute.js';
import { dataOptions } from '../options/data.js';
import { dataInputs, dataWords, loadData } from '../options/load-data.js';
import { seedOption } from '../options/numbers.js';
import { jsonOption } from '../options/output.js';
import { columns } from '../output/format.js';
import { Interruption } from '../output/interruption.js';
import { KeptResults } from '../output/kept-results.js';
import { checkOutputs, type NamedFiles } from '../output/output-files.js';
import { printResult } from '../output/print-result.js';

interface ReproduceCommandOptions {
  out: string;
  seed: number;
  dtype: Dtype;
  backend: BackendChoice;
  threads?: number;
  data?: string;
  fullTest: boolean;
  json?: string;
}

/** The page beside the pictures. */
const PAGE = 'reproduction.html';

/** `two-layer-net reproduce`: repeats the whole article and compares each of its numbers. */
export function reproduceCommand(): Command {
  const command = new Command('reproduce').description(
    'Repeat the whole article: each of its numbers beside the result on this machine, and its pictures, in one page.',
  );
  const options = [
    new Option('--out <dir>', `folder for the pictures and ${PAGE}`).default('reproduction'),
    seedOption('weights and minibatches'),
    new Option('--dtype <type>', 'type of parameters and arithmetic').choices([...DTYPES]).default('float64'),
    ...computeOptions(),
    ...dataOptions(),
    jsonOption(),
  ];
  for (const option of options) command.addOption(option);
  return command.action(run);
}

async function run(options: ReproduceCommandOptions): Promise<void> {
  const start = performance.now();
  const { out, seed, dtype, backend, threads, json } = options;
  await makeFolder(out);
  const page = join(out, PAGE);
  await checkOutputs({ '--json': json, ...outputsIn(out) }, dataInputs(options));
  const info = computeInfo(options);
  const data = await loadData(options, 'two-layer-net reproduce --data DIR');
  const interruption = new Interruption('Stopping; finished parts are kept');
  const how = { seed, dtype, backend, threads, signal: interruption.signal };
  const parts = await interruption.during(
    () => allParts(data, how, out, json),
    () => {},
  );
  const interrupted = interruption.signal.aborted;
  const facts = [
    ...(interrupted ? ['stopped early: some parts of the article are missing'] : []),
    `on ${dataWords(data)}; ${dtype}, seed ${seed}, ${backendWords(info)}`,
    `${((performance.now() - start) / 1000).toFixed(1)} s in total`,
  ];
  const kept = new KeptResults();
  await kept.write('the page', page, (path) => replaceFile(path, [reproductionHtml({ facts, parts })]));
  const plain = parts.map(({ pictures, ...part }) => ({ ...part, pictures: pictures.map(({ name }) => name) }));
  await printResult(facts, { seed, dtype, data: data.name, backendInfo: info, parts: plain, interrupted }, json, kept);
  kept.check();
  process.stderr.write(`Wrote the pictures and ${page}\n`);
  process.exitCode = interruption.exitCode;
}

/** The files in the folder `--out`. */
function outputsIn(out: string): NamedFiles {
  const pictures = PICTURE_NAMES.flatMap((name) => [`${name}.svg`, `${name}.png`]);
  return Object.fromEntries([PAGE, ...pictures].map((name) => [`${name} of --out`, join(out, name)]));
}

/** Runs the parts, and prints each and writes its pictures. After an interruption, returns the finished parts. */
async function allParts(
  data: Dataset,
  how: ReproductionOptions,
  out: string,
  json: string | undefined,
): Promise<ReproducedPart[]> {
  const parts: ReproducedPart[] = [];
  const missing = await whyNoRaster();
  if (missing) process.stderr.write(`Charts are written only as SVG. ${missing}\n`);
  try {
    for await (const part of reproduce(data, how)) {
      parts.push(part);
      if (json !== '-') process.stdout.write(`${partLines(part).join('\n')}\n\n`);
      await writePictures(part, out, !missing);
    }
  } catch (error) {
    if (!(isTrainingAborted(error) || isSweepAborted(error))) throw error;
    process.stderr.write(`${error.message}\n`);
  }
  return parts;
}

function partLines({ title, comparisons, pictures, seconds }: ReproducedPart): string[] {
  const width = largest(['article', ...comparisons.map(({ article }) => article)].map(({ length }) => length));
  const rows = comparisons.map(
    ({ what, article, ours }) => [`  ${what}`, `${article.padEnd(width)}  ${ours}`] as const,
  );
  const written = pictures.map(({ caption, name }) => `  ${caption}: ${name}`);
  const head = [`${title} (${seconds.toFixed(2)} s)`, `${'article'.padEnd(width)}  here`] as const;
  return [...columns([head, ...rows]), ...written];
}

/** Writes each picture as SVG, and as PNG if possible. Weight grids can always be PNG files. */
async function writePictures({ pictures }: ReproducedPart, out: string, asPng: boolean): Promise<void> {
  for (const { name, picture } of pictures) {
    await picture.save(join(out, `${name}.svg`));
    if (asPng || picture.isPixels) await picture.save(join(out, `${name}.png`));
  }
}
