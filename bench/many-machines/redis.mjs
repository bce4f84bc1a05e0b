// A server for queues on a free port of 127.0.0.1, with a file that every command is appended to.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** The programs of a server, the first that is installed. */
const PROGRAMS = ['valkey-server', 'redis-server'];

/** The program of a server on this machine; undefined if there is none. */
export function redisProgram() {
  return PROGRAMS.find((program) => spawnSync(program, ['--version']).status === 0);
}

/**
 * Starts a server whose files are in `folder`. It keeps its port when it is killed and started again.
 *
 * @param {string} folder
 * @param {{ password?: string }} options
 */
export async function startRedis(folder, { password } = {}) {
  const program = redisProgram();
  if (!program) throw new Error(`Expected ${PROGRAMS.join(' or ')} to be installed: apt-get install redis-server`);
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.split(' ').slice(0, 3).join(' ');
  const port = await freePort();
  let child;
  const start = async () => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
    if (password) args.push('--requirepass', password);
    child = spawn(program, args, { stdio: 'ignore' });
    while (!(await answers(port))) await wait(50);
  };
  const kill = async (signal = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  await start();
  const user = password ? `:${encodeURIComponent(password)}@` : '';
  return { url: `redis://${user}127.0.0.1:${port}`, version, start, kill, pid: () => child.pid };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a server answers PING, as it does when it has read its file. */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (data) => end(/^(\+PONG|-NOAUTH)/.test(`${data}`))).on('error', () => end(false));
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
  });
}
