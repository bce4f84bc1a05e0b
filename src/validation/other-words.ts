/** What other libraries call the words that options of this package may be. */

/** By the word in lower case, without `_`, `-` and spaces: the words here that it may mean. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  adamweightdecay: ['adamw'],
  gd: ['sgd'],
  gradientdescent: ['sgd'],
  momentum: ['sgd'],
  nesterov: ['sgd'],
  sgdm: ['sgd'],

  glorot: ['xavier'],
  glorotnormal: ['xavier'],
  glorotuniform: ['xavier'],
  xaviernormal: ['xavier'],
  xavieruniform: ['xavier'],
  henormal: ['he'],
  heuniform: ['he'],
  kaiming: ['he'],
  kaimingnormal: ['he'],
  kaiminguniform: ['he'],
  msra: ['he'],
  gaussian: ['std'],
  normal: ['std'],

  double: ['float64'],
  float: ['float32'],
  fp32: ['float32'],
  fp64: ['float64'],
  single: ['float32'],
  bf16: ['bfloat16'],

  cosineannealing: ['cosine'],
  cosineannealinglr: ['cosine'],
  cosinedecay: ['cosine'],
  exp: ['exponential'],
  exponentiallr: ['exponential'],
  exponentialdecay: ['exponential'],
  fixed: ['constant'],
  none: ['constant'],
  multistep: ['step'],
  steplr: ['step'],

  bootstrap: ['replacement'],
  withreplacement: ['replacement'],
  shuffle: ['permutation'],
  shuffled: ['permutation'],
  withoutreplacement: ['permutation'],

  acc: ['accuracy'],
  valacc: ['accuracy'],
  valaccuracy: ['accuracy'],
  valloss: ['loss'],
  balance: ['balanced'],

  gridsearch: ['grid'],
  randomsearch: ['random'],
  hyperband: ['halving'],
  successivehalving: ['halving'],
  logarithmic: ['log'],
  loguniform: ['log'],
  uniform: ['linear'],
};

/** The one of `allowed` that a word of another library means, or that differs only in case and dashes. */
export function wordFor(word: string, allowed: readonly string[]): string | undefined {
  const plain = word.toLowerCase().replace(/[-_\s]/g, '');
  const meant = Object.hasOwn(OTHER_WORDS, plain) ? OTHER_WORDS[plain] : [];
  return allowed.find((candidate) => candidate === plain || meant.includes(candidate));
}
