/** Whatever predicts gives the same class, also where scores that differ have equal probabilities. */
import { expect, it } from 'vitest';
import { Classifier } from '../../src/classifier/classifier.js';
import { evaluate } from '../../src/net/evaluation.js';
import { TwoLayerNet } from '../../src/net/two-layer-net.js';
import { describeOnBackends } from '../support/backends.js';

describeOnBackends('a net whose second class leads by 1e-8', (backend) => {
  const params = {
    W1: new Float32Array(4),
    b1: new Float32Array(2),
    W2: new Float32Array(4),
    b2: Float32Array.of(0, 1e-8),
  };
  const sizes = { inputSize: 2, hiddenSize: 2, numClasses: 2 };
  const net = TwoLayerNet.fromParams(params, { backend, classNames: ['a', 'b'] });
  const model = { ...sizes, params, dtype: 'float32', classNames: ['a', 'b'] } as const;
  const classifier = Classifier.fromModel(model, { backend });
  const rows = [
    [1, 2],
    [3, 4],
  ];

  it('predicts it everywhere', async () => {
    expect([...net.probabilities(rows)]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...net.predict(rows)]).toEqual([1, 1]);
    expect([...net.prepare().predict([1, 2])]).toEqual([1]);
    expect(evaluate(net, rows, [1, 1]).accuracy).toBe(1);
    expect(classifier.predict(rows)).toEqual(['b', 'b']);
    expect(classifier.top([1, 2], 2).map(({ label }) => label)).toEqual(['b', 'a']);
    expect(classifier.prepare().top([1, 2])[0]).toMatchObject({ label: 'b', probability: 0.5 });
    expect([...(await classifier.judge(rows)).classes]).toEqual([1, 1]);
    expect(await classifier.evaluate(rows, ['b', 'b'])).toMatchObject({
      accuracy: 1,
      confusion: [
        [0, 0],
        [0, 2],
      ],
    });
  });
});
