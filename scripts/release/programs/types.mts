// Uses the package's types. This file is compiled but not run.
import {
  backendInfo,
  diagnose,
  type Model,
  type Picture,
  plotHistory,
  type TrainingHistory,
  TwoLayerNet,
} from 'two-layer-net';

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, dtype: 'float64' });
const history: Promise<TrainingHistory> = net.train([[1, 2]], [0], null, null, { numIters: 1 });
export const picture: Promise<Picture> = history.then((done) => plotHistory(done));
export const classes: Int32Array = net.predict([[1, 2]]);
export const file: string | undefined = backendInfo().file;
export const names = (model: Model): readonly string[] | undefined => model.classNames;
export { diagnose };

// @ts-expect-error A dtype that does not exist.
new TwoLayerNet({ inputSize: 2, hiddenSize: 3, numClasses: 2, dtype: 'float16' });
