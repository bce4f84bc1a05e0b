/** Files and folders that are dropped on the page. */
import { attempt } from './page-elements.js';

/** Calls `take` with what is dropped: one file, or the pictures of folders, each with its path. */
export function acceptDrops(take: (files: readonly File[], folder: boolean) => Promise<void>): void {
  const { body } = document;
  const light = (on: boolean) => body.classList.toggle('dropping', on);
  body.addEventListener('dragover', (event) => {
    event.preventDefault();
    light(true);
  });
  body.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) light(false);
  });
  body.addEventListener('drop', (event) => {
    event.preventDefault();
    light(false);
    const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
    const folder = entries.some(({ isDirectory }) => isDirectory);
    void attempt(async () => {
      const files = (await Promise.all(entries.map((entry) => filesOf(entry)))).flat();
      if (files.length > 0) await take(files, folder);
    });
  });
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    // As a file input with `webkitdirectory` has it: its folder is the class of a picture.
    return [Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') })];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}
