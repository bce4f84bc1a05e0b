import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/training/settings.js';
import { combinationsOf, resolveSearch } from '../../src/tune/search.js';
import { resolveChoices } from '../../src/tune/space.js';
import { changedSettings, completeSettings, trialId } from '../../src/tune/trial-id.js';
import type { SettingsTable } from '../../src/validation/setting.js';

const [settings] = combinationsOf(resolveSearch({ space: { reg: 0.5, hiddenSize: 10 } }));

/** The table of a later version, with two more settings, one of them at the front. */
const LATER: SettingsTable = {
  rule: {
    of: 'training',
    type: 'choice',
    choices: ['plain', 'heavy'],
    default: 'plain',
    description: '',
    search: true,
  },
  ...SETTINGS,
  weight: { of: 'training', type: 'number', min: 0, default: 0, description: '', search: true },
};

describe("a trial's id", () => {
  it('is a hash of the version, the seed and the settings that differ from their defaults', () => {
    // printf 'v2 {"seed":7,"settings":{"hiddenSize":10,"reg":0.5}}' | sha256sum | cut -c1-12
    expect(trialId(settings, 7)).toBe('865e1ba5d31b');
  });

  it('differs for every setting and every seed', () => {
    const others = { learningRate: 1, reg: 1, hiddenSize: 1, batchSize: 1, learningRateDecay: 0.5, std: 1 };
    const changed = Object.entries(others).map(([name, value]) => trialId({ ...settings, [name]: value }, 7));
    const ids = [trialId(settings, 7), trialId(settings, 8), trialId({ ...settings, dtype: 'float64' }, 7), ...changed];
    expect(new Set(ids).size).toBe(9);
  });

  it('does not depend on the order of the settings', () => {
    const reversed = Object.fromEntries(Object.entries(settings).reverse());
    expect(trialId(reversed, 7)).toBe(trialId(settings, 7));
  });

  it('stays the same when settings are added to the table', () => {
    const later = completeSettings(changedSettings(settings), LATER);
    expect(later).toMatchObject({ rule: 'plain', weight: 0, reg: 0.5 });
    expect(trialId(later, 7, LATER)).toBe(trialId(settings, 7));
    expect(trialId({ ...later, weight: 0.9 }, 7, LATER)).not.toBe(trialId(settings, 7));
    expect(trialId({ ...later, rule: 'heavy' }, 7, LATER)).not.toBe(trialId(settings, 7));
  });
});

describe("a trial's settings", () => {
  it('are complete again after the defaults were left out', () => {
    expect(changedSettings(settings)).toStrictEqual({ hiddenSize: 10, reg: 0.5 });
    expect(completeSettings(changedSettings(settings))).toStrictEqual(settings);
  });

  it('have the defaults of settings that did not exist when they were written', () => {
    expect(completeSettings({ reg: 0.5 }, LATER)).toMatchObject({ rule: 'plain', weight: 0, reg: 0.5 });
  });

  it.each<[string, Record<string, number | string>, RegExp]>([
    ['a word that is not a choice', { rule: 'light' }, /one of "plain", "heavy" for rule but received "light"/],
    ['a number out of range', { weight: -1 }, /at least 0 for weight but received -1/],
    ['a misspelt name', { wieght: 1 }, /did you mean weight\?/],
    ['a setting that no search varies', { threads: 2 }, /Unknown option "threads"/],
  ])('are refused with %s', (_, wrong, message) => {
    expect(() => completeSettings(wrong, LATER)).toThrow(message);
  });

  it('can be words in a search space', () => {
    expect(resolveChoices(LATER.rule, 'rule', undefined)).toStrictEqual(['plain']);
    expect(resolveChoices(LATER.rule, 'rule', 'heavy')).toStrictEqual(['heavy']);
    expect(resolveChoices(LATER.rule, 'rule', ['heavy', 'plain', 'heavy'])).toStrictEqual(['heavy', 'plain']);
    expect(() => resolveChoices(LATER.rule, 'rule', ['light'])).toThrow(/for rule but received "light"/);
    expect(() => resolveChoices(LATER.rule, 'rule', { low: 0, high: 1 })).toThrow(/for rule/);
  });
});
