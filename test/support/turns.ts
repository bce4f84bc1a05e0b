/** How many turns the event loop gets from the start of some work until its promise settles. */
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
