// The same by `require` of an ES module, which every supported Node can do.
const library = require('two-layer-net');
import('./outcome.mjs')
  .then(({ outcome }) => outcome(library))
  .then((found) => process.stdout.write(`${JSON.stringify(found)}\n`));
