/** What a page has of `node:worker_threads`: nothing that shared code needs. */
const none: { readonly markAsUntransferable?: (value: object) => void } = {};
export default none;
export const isMainThread = true;
export const threadId = 0;
