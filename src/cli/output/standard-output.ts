/**
 * Writes to standard output, and waits until that is done: a result of any length needs little memory.
 *
 * @returns false if whoever read it has closed it, as `head` does: nothing more can be written
 */
export async function writeOut(text: string): Promise<boolean> {
  if (text === '') return true;
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve(true);
      else if (isClosed(error)) resolve(false);
      else reject(error);
    });
  });
}

function isClosed({ code }: NodeJS.ErrnoException): boolean {
  // The second after the first write that failed.
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
