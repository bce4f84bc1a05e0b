/** The largest count that the engine's 32-bit integers hold. */
export const MAX_COUNT = 2 ** 31 - 1;
