import { endOfText } from '../../platform/parse-json.js';

/**
 * The first key that an object of this JSON has twice; undefined if there is none. `JSON.parse` takes the last of them,
 * other programs the first: a file with both says two things.
 *
 * @param json - text that `parseJson` accepts
 */
export function repeatedKey(json: string): string | undefined {
  /** The keys of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let [begin, end] = [0, 0];
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"':
        begin = i;
        end = endOfText(json, i);
        i = end;
        break;
      case ':': {
        const key = JSON.parse(json.slice(begin, end + 1)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
    }
  }
  return undefined;
}
