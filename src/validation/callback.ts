/** Callbacks that are told something, and what becomes of their errors. */

/**
 * Calls a callback and waits for what it returns.
 *
 * @returns what it threw or rejected with, for the work that calls it; undefined if it did neither
 */
export async function failureOf(call: () => unknown): Promise<{ readonly error: unknown } | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return { error };
  }
}
