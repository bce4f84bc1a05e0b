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

/** What an object takes whose keys are those of another, whose description it has, and each value of any object. */
const SAME_KEYS = { object: 64, value: 56 } as const;

/** So many lists of keys are known, each of so many characters at most. */
const SHAPES = { most: 64, characters: 512 } as const;

/** What is open: an object with its keys, or an array. */
interface Open {
  /** -1 for an array. */
  keys: number;
  /** The keys as they are written; undefined when there are too many to compare. */
  shape: string | undefined;
}

const [QUOTE, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('",:[]{}');

/**
 * `JSON.parse` for texts that nobody vouches for.
 *
 * @param taken - as for {@link checkJsonSize}
 * @throws Error that says what is wrong, in words that follow a colon
 */
export function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown, taken = 0): unknown {
  checkJsonSize(text, taken);
  return JSON.parse(text, reviver);
}

/**
 * Checks that {@link parseJson} would parse a text, as far as its nesting and its values are concerned.
 *
 * @param taken - bytes that something else takes of those that the values may take
 * @throws Error that says what is wrong, in words that follow a colon
 */
export function checkJsonSize(text: string, taken = 0): void {
  if (taken === 0 && isHarmless(text)) return;
  const open: Open[] = [];
  const shapes = new Set<string>();
  let bytes = taken;
  let [begin, end] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const last = open[open.length - 1] as Open | undefined;
    switch (text.charCodeAt(at)) {
      case QUOTE:
        begin = at;
        end = at = endOfText(text, at);
        bytes += SIZES.text;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        open.push({ keys: text.charCodeAt(at) === OPEN_OBJECT ? 0 : -1, shape: '' });
        bytes += SIZES.container;
        if (open.length > MOST_DEPTH) throw new Error(`it is nested more than ${MOST_DEPTH} deep`);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        bytes -= savedBy(open.pop(), shapes);
        break;
      case COMMA:
        if (last?.keys === -1) bytes += SIZES.place;
        break;
      case COLON:
        if (last) bytes += addKey(last, text, begin, end);
    }
    if (bytes > MOST_BYTES) throw new Error(`it has too many values: more than ${Math.floor(at / 1000)} KB hold`);
  }
}

/** Adds a key to an object; returns the bytes that it takes, less those of its text, which were counted. */
function addKey(last: Open, text: string, begin: number, end: number): number {
  const few = ++last.keys <= FEW_KEYS && end - begin < SHAPES.characters;
  const shape = few && last.shape !== undefined ? last.shape + text.slice(begin, end + 1) : '';
  last.shape = shape !== '' && shape.length <= SHAPES.characters ? shape : undefined;
  return last.keys > FEW_KEYS ? SIZES.key - SIZES.text : -SIZES.text;
}

/** The bytes by which an object that is complete takes less than was counted; negative if it takes more. */
function savedBy(closed: Open | undefined, shapes: Set<string>): number {
  if (!closed || closed.keys <= 0) return 0;
  const { keys, shape } = closed;
  const saved = SIZES.container - SAME_KEYS.object - SAME_KEYS.value * Math.min(keys, FEW_KEYS);
  if (shape === undefined) return Math.min(0, saved);
  if (shapes.has(shape)) return saved;
  if (shapes.size < SHAPES.most) shapes.add(shape);
  return Math.min(0, saved);
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
