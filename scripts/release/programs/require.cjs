// The same by `require`, of an ES module, in Nodes that can.
const library = require('two-layer-net');
import('./outcome.mjs')
  .then(({ outcome }) => outcome(library))
  .then((found) => process.stdout.write(`${JSON.stringify(found)}\n`));
