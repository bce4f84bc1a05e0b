/** The training: its settings, its curves and what it has learnt, as they change. */
import { type Classifier, type Dataset } from 'two-layer-net';
/** Lets a person train; `trained` is called with each classifier, of which only the last one does not change any more. */
export declare function followTraining(
  rows: () => Dataset | undefined,
  trained: (classifier: Classifier) => void,
): void;
/** The weights as pictures, or the net as a drawing where its rows are no pictures. */
export declare function showNet(classifier: Classifier): void;
