import type { ImageDataset } from '../../data/dataset.js';
import { findCifar10, loadCifar10 } from '../../data/formats/cifar10.js';
import { syntheticCifar10 } from '../../data/synthetic/synthetic.js';
import type { ReportDataset } from '../../report/document/make-report.js';

/** Where CIFAR-10 is looked for unless `--data` says otherwise. */
const DEFAULT_FOLDER = 'data';

/**
 * The data set that `--data` and `--full-test` ask for; without `--data` the stand-in where there is no other.
 *
 * @param command - what takes the real one
 */
export async function loadData(options: { data?: string; fullTest?: boolean }, command: string): Promise<ImageDataset> {
  const fullTest = options.fullTest ?? false;
  if (options.data !== undefined) return loadCifar10(options.data, { fullTest });
  if (await findCifar10(DEFAULT_FOLDER)) return loadCifar10(DEFAULT_FOLDER, { fullTest });
  process.stderr.write(
    `No CIFAR-10 in ${DEFAULT_FOLDER}/: using a synthetic stand-in of the same size. For the real one, unpack ` +
      `cifar-10-binary.tar.gz ("CIFAR-10 binary version" on its home page) and give its folder:\n  ${command}\n`,
  );
  return syntheticCifar10({ fullTest });
}

/** What a result was reached on, in a few words. */
export function dataWords(data: ImageDataset): string {
  return `${sourceWords(data)}; tested on ${data.test.X.rows} records`;
}

/** The data as a report tells of them. */
export function reportDataset(data: ImageDataset): ReportDataset {
  return { ...data, source: sourceWords(data) };
}

function sourceWords({ source }: ImageDataset): string {
  return source === 'cifar-10' ? 'CIFAR-10' : 'the synthetic stand-in, not CIFAR-10';
}
