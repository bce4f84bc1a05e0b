import { compare, type RankedSettings } from './ranking.js';

/** The best combinations of a round so far. */
export class Leaders {
  readonly #most: number;
  readonly #best: { readonly ranked: RankedSettings; readonly place: number }[] = [];

  /** @param most - how many to keep */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * @param place - the index of the combination in its round: of equals, the first is better
   * @returns the combination that is no longer among the best, perhaps the new one; undefined if there is none
   */
  add(ranked: RankedSettings, place: number): RankedSettings | undefined {
    const before = ({ ranked: other, place: at }: { ranked: RankedSettings; place: number }) =>
      compare(other, ranked) || at - place;
    const index = this.#best.findIndex((one) => before(one) > 0);
    this.#best.splice(index < 0 ? this.#best.length : index, 0, { ranked, place });
    return this.#best.length > this.#most ? this.#best.pop()?.ranked : undefined;
  }
}
