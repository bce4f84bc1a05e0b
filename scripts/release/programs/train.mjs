// A user's program: loads the package with `import`, trains a small net, and prints the outcome as JSON.
import { backendInfo, RandomState, TwoLayerNet } from 'two-layer-net';
import { outcome } from './outcome.mjs';

process.stdout.write(`${JSON.stringify(await outcome({ backendInfo, RandomState, TwoLayerNet }))}\n`);
