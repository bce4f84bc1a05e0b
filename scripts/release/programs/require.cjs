// Does the same as train.mjs, but loads the package, an ES module, with `require`.
const library = require('two-layer-net');
import('./outcome.mjs')
  .then(({ outcome }) => outcome(library))
  .then((found) => process.stdout.write(`${JSON.stringify(found)}\n`));
