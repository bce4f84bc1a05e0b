import { basename } from 'node:path';
import { Command, Option } from 'commander';
import type { BackendChoice } from '../../backend/choose.js';
import { createServer } from '../../serve/create-server.js';
import { NAME } from '../../serve/models.js';
import { LIMITS, type Limits } from '../../serve/options.js';
import { computeOptions } from '../options/compute.js';
import { numberOption } from '../options/numbers.js';
import { Interruption } from '../output/interruption.js';

/** The options of `serve` as commander passes them. */
interface ServeCommandOptions extends Limits {
  port: number;
  host: string;
  allowHost: string[];
  allowOrigin: string[];
  maxConnections: number;
  token?: string;
  backend: BackendChoice;
  threads?: number;
}

/** `two-layer-net serve MODEL…`: predictions over HTTP. */
export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Predict with models over HTTP, until Ctrl-C or SIGTERM: POST /v1/models/NAME:predict. Needs the packages ' +
        'fastify and prom-client.',
    )
    .argument('<models...>', 'model files, each as FILE or NAME=FILE; the name of FILE is that of its model');
  const list = (text: string, before: string[]) => [...before, ...text.split(',')];
  const options = [
    numberOption('--port <n>', 'port, 0 for any free one', { integer: true, min: 0, max: 65_535 }, 8080),
    new Option('--host <address>', 'address to listen at; 0.0.0.0 for all of this machine').default('127.0.0.1'),
    new Option('--allow-host <names>', 'names of this server besides localhost, separated by commas')
      .argParser(list)
      .default([], 'none'),
    new Option('--allow-origin <origins>', 'origins whose pages may ask this server (CORS), separated by commas')
      .argParser(list)
      .default([], 'none'),
    new Option('--token <text>', 'what requests must bring as their bearer token').env('TWO_LAYER_NET_TOKEN'),
    ...Object.values(LIMITS).map(({ flag, help, min, max, value }) =>
      numberOption(flag, help, { integer: true, min, max }, value),
    ),
    numberOption('--max-connections <n>', 'most connections at a time', { integer: true, min: 1, max: 2 ** 20 }, 1024),
    ...computeOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((models: string[], given: ServeCommandOptions) => {
    const files = namedFiles(models, (message) => command.error(`error: ${message}`));
    return run(files, given);
  });
}

/** The files by name. */
function namedFiles(models: readonly string[], fail: (message: string) => never): Record<string, string> {
  const files: Record<string, string> = {};
  for (const model of models) {
    const [, given, path] = /^([\w.-]+)=(.+)$/s.exec(model) ?? [];
    const file = path ?? model;
    const name = given ?? basename(file).replace(/\.[^.]+$/, '');
    if (!NAME.test(name)) fail(`expected a name of letters, digits, ., _ and -: pass NAME=${file}`);
    if (Object.hasOwn(files, name)) fail(`two models are named ${name}: pass NAME=FILE for one of them`);
    files[name] = file;
  }
  return files;
}

async function run(files: Record<string, string>, options: ServeCommandOptions): Promise<void> {
  const { allowHost: allowedHosts, allowOrigin: allowedOrigins, ...others } = options;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const server = await createServer(files, { ...others, allowedHosts, allowedOrigins, onReload: say });
  const interruption = new Interruption('Answering the requests that were taken');
  const url = await server.listen();
  const isLocal = /^(127\.|localhost$|::1$)/.test(options.host);
  if (!isLocal && options.token === undefined) say('Everyone who reaches this address may ask: no --token is set');
  say(`Serving ${Object.keys(files).join(', ')} at ${url}`);
  await interruption.during(
    async () => {
      await new Promise((resolve) => interruption.signal.addEventListener('abort', resolve, { once: true }));
      await server.close();
    },
    () => {},
  );
}
