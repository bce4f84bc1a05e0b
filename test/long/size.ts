/** Whether the long tests run at the size of docs/reliability.md, which takes minutes for each. */
const FULL = process.env.TWO_LAYER_NET_FULL === '1';

/** How many cases to try: `full` with TWO_LAYER_NET_FULL=1, and a sample of them otherwise. */
export function cases(full: number, sample: number): number {
  return FULL ? full : sample;
}
