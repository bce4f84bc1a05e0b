// A user's program: trains a small net by `import`, and prints what ran and what came out, as JSON.
import { backendInfo, RandomState, TwoLayerNet } from 'two-layer-net';
import { outcome } from './outcome.mjs';

process.stdout.write(`${JSON.stringify(await outcome({ backendInfo, RandomState, TwoLayerNet }))}\n`);
