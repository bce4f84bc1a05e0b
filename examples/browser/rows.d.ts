/** The rows to train on: where they come from, and what the page says of them. */
import { Dataset } from 'two-layer-net';
/** Lets a person choose rows; `chosen` is called with them. */
export declare function chooseRows(chosen: (data: Dataset) => void): void;
