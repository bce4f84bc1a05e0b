// A peer that measures nothing: `node fake-peer.mjs MODE`. bench/peer.ts describes the dialogue.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const mode = process.argv[2];
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

if (process.env.FAKE_PEER_PID_FILE) writeFileSync(process.env.FAKE_PEER_PID_FILE, String(process.pid));
const introduction = { name: 'fake', version: '1', threads: Number(process.env.OMP_NUM_THREADS), dtype: 'float32' };
if (mode === 'garbage') process.stdout.write('Hello there!\n');
else if (mode === 'stranger') say({ name: 'fake' });
else if (mode === 'unavailable') say({ unavailable: "No module named 'fake'" });
else if (mode === 'mute') setInterval(() => {}, 1000);
else if (mode === 'dies') throw new Error('out of luck');
else say(mode === 'products' ? { ...introduction, work: 'products' } : introduction);

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (mode === 'falls-silent') continue;
  if (request.prepare) say(mode === 'refuses' ? { failed: `no ${request.prepare.H} hidden units` } : { ready: true });
  else if (mode === 'dies-running') process.exit(3);
  else if (mode === 'wrong-answer') say({ seconds: 'many' });
  else say({ seconds: request.run / 1000 });
}
