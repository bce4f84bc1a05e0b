// A user's program: imports the package, trains a small net, and prints the backend and the result as JSON.
import { backendInfo, RandomState, TwoLayerNet } from 'two-layer-net';
import { outcome } from './outcome.mjs';

process.stdout.write(`${JSON.stringify(await outcome({ backendInfo, RandomState, TwoLayerNet }))}\n`);
