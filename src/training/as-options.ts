import { withoutIdle } from './concerns.js';
import type { TrainOptions } from './options.js';
import { SCHEDULE_SETTINGS, type ScheduleFunction } from './schedule.js';
import type { SettingsWith, SettingValues } from './settings.js';

type Settings = Readonly<SettingValues<SettingsWith<{ of: 'training' }>>>;
type Needed = 'optimizer' | 'momentum' | 'schedule' | 'patience';

/**
 * Settings that are complete as options of `train`: without those that mean nothing beside the others, which are
 * refused as options since somebody must have meant something by them.
 *
 * @param custom - a schedule in place of that of the settings
 */
export function asOptions(
  settings: Partial<Settings> & Pick<Settings, Needed>,
  custom?: ScheduleFunction,
): TrainOptions {
  const left: string[] = custom ? [...SCHEDULE_SETTINGS, 'learningRateDecay'] : [];
  if (settings.epochs) left.push('numIters');
  const given = Object.entries(withoutIdle(settings)).filter(([name]) => !left.includes(name));
  return { ...Object.fromEntries(given), ...(custom && { schedule: custom }) };
}
