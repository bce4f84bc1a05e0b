/**
 * A word of a command line, such as a path, so that it can be pasted into a shell: in quotes if it needs them.
 *
 * @param platform - Windows has double quotes, other shells single ones, in which nothing has a meaning
 */
export function shellWord(word: string, platform: string = process.platform): string {
  // What begins with a hyphen would be an option.
  const path = word.startsWith('-') ? `./${word}` : word;
  if (platform === 'win32') return /^[\w@+=:,./\\-]+$/.test(path) ? path : `"${path}"`;
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
