/** The setting by which a minibatch is divided, so that several processes can share it. */
import type { SettingsTable } from '../../validation/setting.js';

/** Part of the table in ../settings.ts. */
export const DIVISION = {
  /**
   * Parts that each minibatch is computed in, a power of two; their gradients are added as a binary tree, in an order
   * that depends on this alone. So many processes can train a net together (`group`), or any smaller power of two, with
   * the same bits. With 1 the gradient is never stored; other numbers give other last bits, and more work.
   * @defaultValue 1
   */
  shards: {
    of: 'training',
    type: 'integer',
    min: 1,
    max: 1024,
    default: 1,
    description: 'parts of a minibatch that processes can share; a power of two (with --distributed: 8)',
    label: 'shards',
    flag: '--shards <n>',
    engine: true,
  },
} as const satisfies SettingsTable;
