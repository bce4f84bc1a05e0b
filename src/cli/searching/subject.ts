/** What `sweep` searches the settings of: the article's net, or a classifier. */
import { classifierSearch, modelOf, type Preparation, prepareSearch } from '../../classifier/search.js';
import { trainingData } from '../../classifier/training-data.js';
import type { Dataset } from '../../data/dataset.js';
import type { Model } from '../../model/model-types.js';
import { ARTICLE_SPACE, type SearchOptions } from '../../tune/search.js';
import type { BestTrial } from '../../tune/sweep-results.js';
import { printWarnings } from '../options/load-data.js';

/** Data to search on. */
export interface SearchSubject {
  /** Whether trials are the article's nets; they are classifiers otherwise. */
  readonly article: boolean;
  /** The data set as the nets of the trials read it. */
  readonly data: Dataset;
  /** The search that the options given ask for, with the defaults for these data. */
  search(given: SearchOptions): SearchOptions;
  /** What `--save` writes. */
  modelOf(best: BestTrial): Model;
}

/**
 * The subject of a search on these data. The article's is for rows that come centred, as CIFAR-10 does; other rows may
 * be of any scale.
 */
export async function searchSubject(loaded: Dataset, preparation: Preparation): Promise<SearchSubject> {
  if (loaded.mean) return { article: true, data: loaded, search: articleSearch, modelOf: netOf };
  const { data, classes } = await trainingData([loaded], {});
  const prepared = await prepareSearch(data, classes, preparation);
  printWarnings(prepared.data.warnings.filter((warning) => !loaded.warnings.includes(warning)));
  return {
    article: false,
    data: prepared.data,
    search: (given) => classifierSearch(given, prepared),
    modelOf: (best) => modelOf(best, prepared),
  };
}

function articleSearch(given: SearchOptions): SearchOptions {
  return { ...given, space: { ...ARTICLE_SPACE, ...given.space } };
}

function netOf({ net, history, result: { settings, seed, numIters, id } }: BestTrial): Model {
  const { params, inputSize, hiddenSize, numClasses, dtype, mean, classNames, imageShape } = net;
  const all = { ...settings, seed, numIters, trial: id };
  return { params, inputSize, hiddenSize, numClasses, dtype, mean, classNames, imageShape, history, settings: all };
}
