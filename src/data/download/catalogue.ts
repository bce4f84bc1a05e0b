/** A file as its publisher offers it. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** A file that an archive must hold. */
export interface ArchivedFile {
  readonly name: string;
  /** Exactly so many; of a text, at most. */
  readonly bytes: number;
  /** Whether it is a short text, whose length may differ. */
  readonly text?: boolean;
}

/** A data set that can be downloaded. */
export interface PublishedDataset {
  /** What it is called. */
  readonly title: string;
  /** Folders on the web that have the files, in the order in which they are tried; they end with a slash. */
  readonly sources: readonly string[];
  readonly files: readonly PublishedFile[];
  /** The folder that the data set becomes. */
  readonly folder: string;
  /** What is taken out of the one file, an archive with `folder` in it; without it, files stay as they are. */
  readonly archived?: readonly ArchivedFile[];
}

/** What `downloadDataset` calls each data set. */
export type PublishedDatasetName = 'cifar10' | 'cifar100' | 'mnist' | 'fashion-mnist';

/** Records of both CIFAR data sets: pixels behind one or two labels. */
const CIFAR_PIXELS = 3072;

/** The most bytes of a list of class names. */
const NAMES_BYTES = 4096;

/**
 * The data sets. Sizes and SHA-256 are those that TensorFlow Datasets checks (tensorflow_datasets/url_checksums, in
 * github.com/tensorflow/datasets). The publishers give MD5 only, of the same files: CIFAR's page
 * c32a1d4ab5d03f1284b67883e8d87530 and 03b5dce01913d631647c71ecec9e9cb8.
 */
export const CATALOGUE: Readonly<Record<PublishedDatasetName, PublishedDataset>> = {
  cifar10: {
    title: 'CIFAR-10, binary version',
    sources: ['https://www.cs.toronto.edu/~kriz/'],
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        bytes: 170_052_171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
      },
    ],
    folder: 'cifar-10-batches-bin',
    archived: [
      ...[1, 2, 3, 4, 5].map((batch) => ({ name: `data_batch_${batch}.bin`, bytes: 10_000 * (1 + CIFAR_PIXELS) })),
      { name: 'test_batch.bin', bytes: 10_000 * (1 + CIFAR_PIXELS) },
      { name: 'batches.meta.txt', bytes: NAMES_BYTES, text: true },
    ],
  },
  cifar100: {
    title: 'CIFAR-100, binary version',
    sources: ['https://www.cs.toronto.edu/~kriz/'],
    files: [
      {
        name: 'cifar-100-binary.tar.gz',
        bytes: 168_513_733,
        sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
      },
    ],
    folder: 'cifar-100-binary',
    archived: [
      { name: 'train.bin', bytes: 50_000 * (2 + CIFAR_PIXELS) },
      { name: 'test.bin', bytes: 10_000 * (2 + CIFAR_PIXELS) },
      { name: 'fine_label_names.txt', bytes: NAMES_BYTES, text: true },
      { name: 'coarse_label_names.txt', bytes: NAMES_BYTES, text: true },
    ],
  },
  mnist: {
    title: 'MNIST',
    // The page of its authors asks for a password by now; these have the same files.
    sources: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 9_912_422,
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 28_881,
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 1_648_877,
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 4542,
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      },
    ],
    folder: 'mnist',
  },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    sources: ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'],
    files: [
      {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 26_421_880,
        sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      },
      {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 29_515,
        sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      },
      {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 4_422_102,
        sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      },
      {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 5148,
        sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      },
    ],
    folder: 'fashion-mnist',
  },
};
