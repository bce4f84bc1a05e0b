import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';

const create = () => mkdtempSync(join(tmpdir(), 'two-layer-net-test-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** An empty folder for all tests of the calling file or suite, removed after the last one. */
export function sharedFolder(): string {
  const folder = create();
  afterAll(() => remove(folder));
  return folder;
}

/** An empty folder for each test of the calling file; the returned function joins a name to its path. */
export function freshFolder(): (name?: string) => string {
  let folder = '';
  beforeEach(() => {
    folder = create();
  });
  afterEach(() => remove(folder));
  return (name = '') => join(folder, name);
}
