/** Counts the connections from which requests have come in the last milliseconds. */
import type { Socket } from 'node:net';

/** Milliseconds of one count. */
const PERIOD = 10;

/** How many clients ask at the same time, as far as the last milliseconds tell. */
export class RecentConnections {
  #period = 0;
  #now = 0;
  #before = 0;
  /** The period of the last request of each. */
  readonly #seen = new WeakMap<Socket, number>();

  /** Counts a request. */
  add(socket: Socket): void {
    this.#turn();
    if (this.#seen.get(socket) === this.#period) return;
    this.#seen.set(socket, this.#period);
    this.#now++;
  }

  /** The connections of this period or the last one, whichever had more. */
  get count(): number {
    this.#turn();
    return Math.max(this.#now, this.#before);
  }

  #turn(): void {
    const period = Math.floor(performance.now() / PERIOD);
    if (period === this.#period) return;
    this.#before = period === this.#period + 1 ? this.#now : 0;
    this.#now = 0;
    this.#period = period;
  }
}
