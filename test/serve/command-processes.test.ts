/** `two-layer-net serve`: names, token, signals. */
import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import { saveModel } from '../../src/model/model.js';
import { runCli, startCli } from '../support/run-cli.js';
import { sharedFolder } from '../support/temporary-folder.js';
import { answerTo, ask, begin, JSON_BODY, pictures } from './support.js';

const folder = sharedFolder();
const file = `${folder}/net.safetensors`;
const TOKEN = 'a-secret-of-this-test';
const BODY = '{"rows":[[1,2,3,4,5,6]]}';

beforeAll(() => saveModel(file, pictures()));

test('SIGTERM answers what was taken and ends with 0; the token of the environment is never printed', async () => {
  const env = { TWO_LAYER_NET_TOKEN: TOKEN };
  const running = startCli(['serve', file, `other.name=${file}`, '--port', '0'], { env });
  await running.shows('Serving net, other.name at');
  const url = /at (http:\S+)/.exec(running.stderr())?.[1] as string;
  const path = `${url}v1/models/other.name:predict`;
  expect((await ask(path, JSON_BODY, BODY)).status).toBe(401);
  const headers = { ...JSON_BODY, authorization: `Bearer ${TOKEN}`, 'content-length': String(BODY.length) };
  const asked = begin(path, { ...headers, expect: '100-continue' });
  const answered = answerTo(asked);
  asked.flushHeaders();
  await once(asked, 'continue');
  running.child.kill('SIGTERM');
  await running.shows('Answering the requests that were taken');
  expect((await ask(path, headers, BODY)).status).toBe(503);
  asked.end(BODY);
  expect((await answered).status).toBe(200);
  const { code, stdout, stderr } = await running.done;
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).not.toContain(TOKEN);
  const { stdout: help } = await runCli(['serve', '--help'], { env });
  expect(help).toContain('TWO_LAYER_NET_TOKEN');
  expect(help).not.toContain(TOKEN);
});

test.each([
  [['serve'], 2, /missing required argument 'models'/],
  [['serve', file, file], 2, /two models are named net: pass NAME=FILE/],
  [['serve', '-.x'], 2, /unknown option|expected a name/],
  [['serve', file, '--port', '70000'], 2, /from 0 to 65535/],
  [['serve', file, '--allow-origin', 'example.org'], 1, /^error: Expected origins, such as https/],
  [['serve', `${folder}/nothing.safetensors`], 1, /^error: .*nothing\.safetensors/],
  [['serve', file, '--port', '0', '--host', '192.0.2.1'], 1, /^error: Cannot serve on port 0 of 192\.0\.2\.1/],
])('%j exits with %i', async (args, code, message) => {
  const ended = await runCli(args);
  expect(ended.stderr).toMatch(message);
  expect(ended.code).toBe(code);
});
