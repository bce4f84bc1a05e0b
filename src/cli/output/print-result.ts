import { replaceFile } from '../../platform/replace-file.js';
import { KeptResults } from './kept-results.js';

/**
 * Prints a command's result: `lines` to standard output and `json` to the file that `--json` names. With `-` the JSON
 * goes to standard output instead of the lines. The file is written first, so that the result survives if standard
 * output is closed.
 *
 * @param kept - the results of a command that has more of them
 */
export async function printResult(
  lines: readonly string[],
  json: object,
  file: string | undefined,
  kept?: KeptResults,
): Promise<void> {
  const text = `${JSON.stringify(json)}\n`;
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  const results = kept ?? new KeptResults();
  if (file !== undefined) await results.write('the result', file, (path) => replaceFile(path, [text]));
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!kept) results.check();
}
