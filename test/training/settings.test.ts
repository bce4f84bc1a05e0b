import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGINE_SETTINGS, engineSettings, entryOf, SETTINGS, type SettingName } from '../../src/training/settings.js';
import { type BooleanSetting, checkSetting, type Setting } from '../../src/validation/setting.js';

const NAMES = Object.keys(SETTINGS) as SettingName[];

describe('the table of settings', () => {
  it.each(NAMES)('describes %s in one line, and allows its default', (name) => {
    const setting = entryOf(name);
    expect(setting.description).toMatch(/^\S.{3,}\S$/);
    if (setting.default !== undefined) expect(checkSetting(setting, name, setting.default)).toBe(setting.default);
    if (setting.required) expect(() => checkSetting(setting, name, undefined)).toThrow(/received undefined/);
  });

  it('has no flag and no short name twice', () => {
    const flags = NAMES.map((name) => entryOf(name).flag?.split(' ')[0]).filter((flag) => flag !== undefined);
    expect(new Set(flags).size).toBe(flags.length);
    const short = NAMES.map((name) => entryOf(name).short ?? name);
    expect(new Set(short).size).toBe(short.length);
  });

  it('gives a default and a flag to every setting that a search varies', () => {
    for (const name of NAMES) {
      if (!entryOf(name).search) continue;
      expect(entryOf(name).default, name).toBeDefined();
      expect(entryOf(name).flag, name).toBeDefined();
    }
  });

  it("lists the engine's settings as native/engine/step/settings.h does", () => {
    const header = readFileSync(new URL('../../native/engine/step/settings.h', import.meta.url), 'utf8');
    const listed = [...header.matchAll(/^ *SETTING\((\w+), \w+, "(\w+)", /gm)];
    const types = listed.map(([, type, name]) => [name, type]);
    const inEngine = { integer: 'int', number: 'double', boolean: 'bool' };
    const inCpp = (name: string, entry: Setting) =>
      entry.type === 'choice' ? `${name[0].toUpperCase()}${name.slice(1)}` : inEngine[entry.type];
    const expected = ENGINE_SETTINGS.map((name) => [name, inCpp(name, entryOf(name))]);
    expect(types.toSorted()).toStrictEqual(expected.toSorted());
  });
});

describe('settings for a call of the engine', () => {
  it('are complete', () => {
    const settings = engineSettings({ reg: 0.5, batchSize: 7 });
    expect(Object.keys(settings)).toStrictEqual(ENGINE_SETTINGS);
    expect(settings).toMatchObject({
      learningRate: 1e-3,
      reg: 0.5,
      batchSize: 7,
      learningRateDecay: 0.95,
      numIters: 100,
    });
  });

  it('are checked', () => {
    expect(() => engineSettings({ batchSize: 0 })).toThrow(/from 1 to 2147483647 for batchSize but received 0/);
  });
});

describe('a setting that is on or off', () => {
  const nesterov: BooleanSetting = { of: 'training', type: 'boolean', default: false, description: 'look ahead' };

  it('has its default, and is true or false', () => {
    expect(checkSetting(nesterov, 'nesterov', undefined)).toBe(false);
    expect(checkSetting(nesterov, 'nesterov', true)).toBe(true);
  });

  it.each([1, 'true', null])('is not %j', (value) => {
    expect(() => checkSetting(nesterov, 'nesterov', value)).toThrow(/Expected true or false for nesterov but received/);
  });
});
