import { replaceFile } from '../../platform/replace-file.js';

/**
 * Prints a command's result: `lines` to standard output and `json` to the file that `--json` names. With `-` the JSON
 * goes to standard output instead of the lines. The file is written first, so that the result survives if standard
 * output is closed.
 */
export async function printResult(lines: readonly string[], json: object, file: string | undefined): Promise<void> {
  const text = `${JSON.stringify(json)}\n`;
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  if (file !== undefined) await replaceFile(file, [text]);
  process.stdout.write(`${lines.join('\n')}\n`);
}
