/** `shards` and `group`: what is refused, and what the processes of a group are asked to compare. */
import { expect, it } from 'vitest';
import type { ProcessGroup } from '../../src/backend/mpi/process-group.js';
import type { TrainOptions } from '../../src/training/options.js';
import { describeOnBackends, describeOnNative } from '../support/backends.js';
import { brisk, newNet, X, y } from '../support/training.js';
import { allOf } from '../support/training-call.js';

/** A group of so many processes, without any. */
function groupOf(size: number, checkAlike: ProcessGroup['checkAlike'] = () => {}): ProcessGroup {
  return { size, rank: 0, host: 'here', isFirst: true, handle: {}, any: (value) => value, checkAlike } as ProcessGroup;
}

const wrong = (group: unknown) => ({ group: group as ProcessGroup });

describeOnBackends('a minibatch in shards', (backend) => {
  const train = (options: TrainOptions, net = newNet(backend)) => {
    net.trainSync(X, y, null, null, { ...brisk, ...options });
    return allOf(net.params);
  };

  it('trains as a whole one does, but for the last bits', () => {
    const [whole, ...sharded] = [1, 2, 8, 64].map((shards) => train({ shards, momentum: 0.9 }));
    for (const numbers of sharded) {
      const differences = numbers.map((number, i) => Math.abs(number - whole[i]));
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
  });

  it.each<[TrainOptions, string, string]>([
    [{ shards: 6 }, 'ERR_OUT_OF_RANGE', 'Expected a power of two for shards but received 6'],
    [{ shards: 0 }, 'ERR_OUT_OF_RANGE', 'shards'],
    [wrong({}), 'ERR_INVALID_TYPE', 'Expected a group of processes, from processGroup(), for group'],
    [wrong(3), 'ERR_INVALID_TYPE', 'but received 3'],
    [
      { shards: 2, group: groupOf(4) },
      'ERR_CONFLICT',
      'at most as many as the 2 shards of a minibatch, but received 4',
    ],
    [{ shards: 8, group: groupOf(3) }, 'ERR_CONFLICT', 'Expected a power of two of processes'],
  ])('is refused with %o', (options, code, message) => {
    const net = newNet(backend);
    const before = allOf(net.params);
    expect(() => train(options, net)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
    expect(allOf(net.params)).toStrictEqual(before);
  });

  it.runIf(backend !== 'native')('takes no group', () => {
    const conflict = {
      code: 'ERR_CONFLICT',
      message: expect.stringContaining('group only works with backend "native"'),
    };
    expect(() => train({ shards: 2, group: groupOf(2) })).toThrow(expect.objectContaining(conflict));
  });
});

describeOnNative('a group', () => {
  it('is asked to compare everything before the first step, and the net may train on after a refusal', () => {
    const net = newNet('native');
    let compared: string[] = [];
    const group = groupOf(2, (alike) => {
      compared = Object.keys(alike);
      throw new Error('not alike');
    });
    const before = allOf(net.params);
    expect(() => net.trainSync(X, y, null, null, { ...brisk, shards: 2, group })).toThrow('not alike');
    expect(compared.join()).toMatch(/^versions,.*settings,training rows.*,validation rows.*,parameters/);
    expect(allOf(net.params)).toStrictEqual(before);
    net.trainSync(X, y, null, null, brisk);
    expect(allOf(net.params)).not.toStrictEqual(before);
  });
});
