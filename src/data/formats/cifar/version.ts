import { TEST_FILE, TRAINING_FILES } from '../cifar10-layout.js';

/** Which classes of CIFAR-100: its 100 (fine), or the 20 that these belong to (coarse). */
export type CifarLabels = 'fine' | 'coarse';

/** A form in which CIFAR-10 or CIFAR-100 is distributed. */
export interface CifarVersion {
  readonly id: 'cifar-10' | 'cifar-100';
  /** What its home page calls it. */
  readonly name: string;
  /** Whether files are pickles of Python, and not plain records. */
  readonly pickled: boolean;
  /** The folder that its archive unpacks to. */
  readonly folder: string;
  /** The name of its archive. */
  readonly archive: string;
  /** The files of the 50 000 training records, in order, with as many records each. */
  readonly training: readonly string[];
  /** The file of the 10 000 test records. */
  readonly test: string;
  /** The files of the class names. */
  readonly names: Readonly<Record<CifarLabels, string>>;
}

const META = 'batches.meta';

/** CIFAR-10's two versions and CIFAR-100's two; plain records come first. */
export const CIFAR_VERSIONS: readonly CifarVersion[] = [
  {
    id: 'cifar-10',
    name: 'CIFAR-10 binary version',
    pickled: false,
    folder: 'cifar-10-batches-bin',
    archive: 'cifar-10-binary.tar.gz',
    training: TRAINING_FILES,
    test: TEST_FILE,
    names: { fine: `${META}.txt`, coarse: `${META}.txt` },
  },
  {
    id: 'cifar-10',
    name: 'CIFAR-10 python version',
    pickled: true,
    folder: 'cifar-10-batches-py',
    archive: 'cifar-10-python.tar.gz',
    training: TRAINING_FILES.map((name) => name.replace('.bin', '')),
    test: TEST_FILE.replace('.bin', ''),
    names: { fine: META, coarse: META },
  },
  {
    id: 'cifar-100',
    name: 'CIFAR-100 binary version',
    pickled: false,
    folder: 'cifar-100-binary',
    archive: 'cifar-100-binary.tar.gz',
    training: ['train.bin'],
    test: 'test.bin',
    names: { fine: 'fine_label_names.txt', coarse: 'coarse_label_names.txt' },
  },
  {
    id: 'cifar-100',
    name: 'CIFAR-100 python version',
    pickled: true,
    folder: 'cifar-100-python',
    archive: 'cifar-100-python.tar.gz',
    training: ['train'],
    test: 'test',
    names: { fine: 'meta', coarse: 'meta' },
  },
];

/** The files of records of a version, training first. */
export function recordFiles({ training, test }: CifarVersion): readonly string[] {
  return [...training, test];
}

/** The number of classes. */
export function classCount({ id }: CifarVersion, labels: CifarLabels): number {
  return id === 'cifar-10' ? 10 : labels === 'fine' ? 100 : 20;
}
