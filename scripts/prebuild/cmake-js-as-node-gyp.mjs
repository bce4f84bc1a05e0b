#!/usr/bin/env node
// Runs cmake-js where prebuildify expects node-gyp: `rebuild --target=… --devdir=… --arch=… --release`, in the folder
// where build/Release/*.node should be. These arguments are ignored: headers come from node-api-headers, and the CMake
// definitions for the target from TWO_LAYER_NET_CMAKE, a JSON object.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './process.mjs';

const definitions = Object.entries(JSON.parse(process.env.TWO_LAYER_NET_CMAKE ?? '{}'));
const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js'),
    'rebuild',
    '--directory',
    ROOT,
    '--out',
    join(process.cwd(), 'build'),
    ...definitions.map(([name, value]) => `--CD${name}=${value}`),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
