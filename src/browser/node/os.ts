/** What this package uses of `node:os`, in a page. */
export const hostname = () => 'page';
export const tmpdir = () => '/tmp';
export const constants = { errno: {} };
