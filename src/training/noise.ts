/** The seed of dropout and of changed pictures. */
import type { RandomState } from '../random/random-state.js';
import type { SettingValues } from './settings.js';

type Noise = Readonly<SettingValues<'dropout' | 'inputDropout' | 'flip' | 'shift'>>;

/** Whether a training draws anything besides its minibatches. */
function isNoisy({ dropout, inputDropout, flip, shift }: Noise): boolean {
  return dropout > 0 || inputDropout > 0 || flip || shift > 0;
}

/**
 * The seed of a training: that of the training which it continues, or a new one from the stream of the minibatches,
 * before anything else is drawn. Undefined if none is needed, so that such trainings draw what they always drew.
 */
export function noiseSeedOf(settings: Noise, before: number | undefined, random: RandomState): number | undefined {
  if (!isNoisy(settings)) return before;
  return before ?? random.randint(0, 2 ** 31);
}
