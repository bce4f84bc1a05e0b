#!/usr/bin/env node
// What prebuildify runs in node-gyp's place: `rebuild --target=… --devdir=… --arch=… --release` in the folder where it
// expects build/Release/*.node. The words are node-gyp's: headers come from node-api-headers, and what to build for is
// in TWO_LAYER_NET_CMAKE, definitions as a JSON object.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './process.mjs';

const definitions = Object.entries(JSON.parse(process.env.TWO_LAYER_NET_CMAKE ?? '{}'));
const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules', 'cmake-js', 'bin', 'cmake-js'),
    ...['rebuild', '--directory', ROOT, '--out', join(process.cwd(), 'build')],
    ...definitions.map(([name, value]) => `--CD${name}=${value}`),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
