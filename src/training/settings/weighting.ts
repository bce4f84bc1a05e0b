/** The setting by which some classes count more than others. */
import type { SettingsTable } from '../../validation/setting.js';
import { CLASS_WEIGHTINGS } from './words.js';

/** Part of the table in ../settings.ts. */
export const WEIGHTING = {
  /**
   * How much each row counts, by its class.
   * @defaultValue 'none'
   */
  classWeights: {
    of: 'training',
    type: 'choice',
    choices: CLASS_WEIGHTINGS,
    default: 'none',
    description: 'let all rows count alike, or all classes, however many rows they have (balanced)',
    label: 'class weights',
    flag: '--class-weights <how>',
    search: true,
  },
} as const satisfies SettingsTable;
