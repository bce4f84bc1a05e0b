/** Trying a classifier: on a drawing, on a picture, or on a row that is typed in. */
import { type Classifier, type Dataset } from 'two-layer-net';
/** Sets the drawing board up; `rows` has pictures to try. */
export declare function letTry(rows: () => Dataset | undefined): void;
/** Judges with this classifier from now on. */
export declare function tryWith(given: Classifier): void;
