/** Reads the bodies of requests, in memory that is limited for each and for all. */
import type { Readable } from 'node:stream';
import { Refusal } from './refusal.js';

/** Bytes that are held at a time, at most so many. */
export class Budget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /** Takes bytes, if they are left. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives bytes back. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of a budget. */
export class Held {
  readonly #budget: Budget;
  #bytes = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** @throws Refusal 429 if too much is held */
  take(bytes: number): void {
    if (!this.#budget.take(bytes)) {
      throw new Refusal(429, 'ERR_TOO_MANY_REQUESTS', 'The server holds as many bytes of requests as it may', true);
    }
    this.#bytes += bytes;
  }

  /** Gives everything back. */
  end(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}

/**
 * Reads a body to its end. What counts is what has arrived, not what was announced: announcing costs nothing.
 *
 * @param announced - its length, if the request says it
 * @throws (as a rejection) Refusal 413 for more than `most` bytes, 429 if too much is held, 400 if it breaks off
 */
export function readBody(body: Readable, announced: number, most: number, held: Held): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (error: Error) => {
      body.off('data', add).off('end', done).off('close', broken);
      // Its rest is read and dropped.
      body.resume();
      reject(error);
    };
    const broken = () => end(new Refusal(400, 'ERR_INVALID_BODY', 'The body ended early'));
    const done = () => {
      body.off('close', broken);
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length));
    };
    const add = (chunk: Buffer) => {
      length += chunk.length;
      if (length > most) return end(tooLong(most));
      try {
        held.take(chunk.length);
      } catch (error) {
        return end(error as Error);
      }
      chunks.push(chunk);
    };
    if (announced > most) {
      reject(tooLong(most));
      return;
    }
    body.on('data', add).on('end', done).on('close', broken).on('error', broken);
  });
}

function tooLong(most: number): Refusal {
  return new Refusal(413, 'ERR_TOO_LARGE', `Expected a body of at most ${most} bytes but it is longer`);
}
