/** The commands and the program of docs/many-machines.md, and the examples for batch systems, run with a queue. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithRedis } from '../study/support.js';
import { ROOT, runCli, startScript } from '../support/run-cli.js';
import { blocksOf, documents } from './documents.js';

const document = documents.find(({ path }) => path === 'docs/many-machines.md');
const blocks = document ? blocksOf(document) : [];
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.trim().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''))
  .filter((line) => line.startsWith('npx two-layer-net'));

/** A folder inside the package, where the package can import itself by name. */
const inside = join(ROOT, 'build', 'test-many-machines');
const remove = () => rmSync(inside, { recursive: true, force: true });
beforeAll(() => {
  // A run that was killed has left it.
  remove();
  mkdirSync(join(inside, 'node_modules', '.bin'), { recursive: true });
  copyFileSync(join(ROOT, 'examples', 'fruit.csv'), join(inside, 'fruit.csv'));
  symlinkSync(join(ROOT, 'dist', 'cli', 'main.js'), join(inside, 'node_modules', '.bin', 'two-layer-net'));
});
afterAll(remove);

describeWithRedis('searching on many machines', (server) => {
  const env = () => ({ TWO_LAYER_NET_QUEUE: server().url, TWO_LAYER_NET_CACHE: join(inside, 'cache') });
  const run = (args: string[]) => runCli(args, { cwd: inside, env: env() });

  test('the commands run in order', async () => {
    expect(commands.length).toBeGreaterThan(8);
    for (const command of commands) {
      const { code, stderr } = await run(command.split(' ').slice(2));
      expect(code, `${command}\n${stderr}`).toBe(0);
    }
  });

  test('the program prints what is shown, with an agent of each batch system', async () => {
    const at = blocks.findIndex(({ language }) => language === 'js');
    writeFileSync(join(inside, 'program.mjs'), blocks[at].text);
    const program = startScript(join(inside, 'program.mjs'), [], { cwd: inside, env: env() });
    const slurm = join(ROOT, 'examples', 'many-machines', 'slurm.sh');
    const yaml = readFileSync(join(ROOT, 'examples', 'many-machines', 'kubernetes.yaml'), 'utf8');
    const args = JSON.parse(/args: (\[.*\])/.exec(yaml)?.[1] ?? '[]') as string[];
    expect(yaml).toContain('command: ["node", "node_modules/.bin/two-layer-net"]');
    while ((await run(['study', 'results', 'by-program'])).code !== 0);
    const slurmEnv = { ...process.env, ...env(), SLURM_CPUS_PER_TASK: '1' };
    const [pod, job] = await Promise.all([
      run(args),
      promisify(execFile)('bash', [slurm], { cwd: inside, env: slurmEnv }),
    ]);
    expect(pod.code).toBe(0);
    const ran = [pod, job].map(({ stderr }) => Number(/Ran (\d) trial/.exec(stderr)?.[1]));
    expect(ran[0] + ran[1]).toBe(4);
    const { code, stdout, stderr } = await program.done;
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: blocks[at + 1].text });
  });
});
