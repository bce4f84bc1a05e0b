/**
 * JSON that comes from a file. `JSON.parse` takes fifty times the bytes of a text that is nested a million deep, and
 * thirty times those of one with very many small values: both are refused before it is asked.
 */

/** The deepest nesting. What this package reads has four levels. */
const MOST_DEPTH = 64;

/** The most bytes that all values of a text may take, but for the characters of its texts. */
const MOST_BYTES = 3 * 2 ** 24;

/**
 * What values take at most in V8, in bytes, rounded up: an object or an array, for which V8 may make a description of
 * its own; a text; a place in an array, which has grown; and a key of an object that has so many that they are hashed.
 */
const SIZES = { container: 320, text: 64, place: 48, key: 176 } as const;

/** So many keys are part of the description of an object. */
const FEW_KEYS = 16;

const [QUOTE, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('",:[]{}');

/**
 * `JSON.parse` for texts that nobody vouches for.
 *
 * @throws Error that says what is wrong, in words that follow a colon
 */
export function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  checkJsonSize(text);
  return JSON.parse(text, reviver);
}

/**
 * Checks that {@link parseJson} would parse a text, as far as its nesting and its values are concerned.
 *
 * @throws Error that says what is wrong, in words that follow a colon
 */
export function checkJsonSize(text: string): void {
  if (isHarmless(text)) return;
  /** The keys of each object that is open; -1 for an array. */
  const open: number[] = [];
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const last = open.length - 1;
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        bytes += SIZES.text;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        open.push(text.charCodeAt(at) === OPEN_OBJECT ? 0 : -1);
        bytes += SIZES.container;
        if (open.length > MOST_DEPTH) throw new Error(`it is nested more than ${MOST_DEPTH} deep`);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        open.pop();
        break;
      case COMMA:
        if (open[last] === -1) bytes += SIZES.place;
        break;
      case COLON:
        bytes += ++open[last] > FEW_KEYS ? SIZES.key - SIZES.text : -SIZES.text;
    }
    if (bytes > MOST_BYTES) throw new Error(`it has too many values: more than ${Math.floor(at / 1000)} KB hold`);
  }
}

/** Whether a text has too few characters to hold much, and too few brackets to be deep: the row of a table. */
function isHarmless(text: string): boolean {
  if (text.length * SIZES.container > MOST_BYTES) return false;
  let brackets = 0;
  for (const bracket of ['[', '{']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++brackets > MOST_DEPTH) return false;
    }
  }
  return true;
}

/** Where the text ends that begins at `begin`: at the next quote that is not escaped; the last place if at none. */
export function endOfText(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json[first - 1] === '\\') first--;
    if ((end - first) % 2 === 0) return end;
  }
  return json.length;
}
