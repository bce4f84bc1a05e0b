/**
 * Whether the event loop gets turns while some work goes on: more than the one that blocking work may give it at its
 * start or end. On a busy machine the work may end before this thread gets them, so it is tried again.
 *
 * @param start - starts the work; its promise settles when the work ends
 */
export async function givesTurns(start: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 0; attempt < 30; attempt++) {
    if ((await turnsDuring(start)) > 1) return true;
  }
  return false;
}

/** The turns that the event loop gets until the promise of `start` settles. */
export async function turnsDuring(start: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let settled = false;
  const count = () => {
    if (settled) return;
    turns++;
    setImmediate(count);
  };
  setImmediate(count);
  try {
    await start();
  } finally {
    settled = true;
  }
  return turns;
}
