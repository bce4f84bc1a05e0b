import type { NormalCall, NormalOutcome } from '../../../binding.js';
import { atOnce, inTurns, type Pieces } from '../../platform/turns.js';
import { NormalStream } from '../../random/generator/normal-stream.js';
import { checkNormal } from './checks.js';

/** Numbers drawn between two chances for a turn of the event loop: under a millisecond. */
const PIECE = 4096;

/** Draws as binding.d.ts says, on JavaScript's thread, which gets turns meanwhile. */
export function randn(call: NormalCall): Promise<NormalOutcome> {
  checkNormal(call); // throws at once, as the addon does, rather than rejecting the promise
  return inTurns(drawing(call));
}

/** The same without a break. */
export function randnSync(call: NormalCall): NormalOutcome {
  checkNormal(call);
  return atOnce(drawing(call));
}

function* drawing({ random, scale, draws }: NormalCall): Pieces<NormalOutcome> {
  const stream = new NormalStream();
  const { twister } = stream;
  twister.key.set(random.key);
  twister.position = random.position;
  stream.hasGauss = random.hasGauss;
  stream.cachedGaussian = random.cachedGaussian;
  for (let from = 0; from < draws.length; from += PIECE) {
    stream.fill(draws, scale, from, Math.min(from + PIECE, draws.length));
    yield;
  }
  random.key.set(twister.key);
  return { position: twister.position, hasGauss: stream.hasGauss, cachedGaussian: stream.cachedGaussian };
}
