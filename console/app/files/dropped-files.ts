import type { ChosenFile } from './upload-queue';

/** The dropped files, including those in folders, with their paths; hidden files in folders are skipped. */
export async function droppedFiles(data: DataTransfer): Promise<ChosenFile[]> {
  // Both are empty after the event.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? undefined);
  const files = [...data.files];
  if (!entries.some((entry) => entry?.isDirectory)) return chosenFiles(files);
  const found: ChosenFile[] = [];
  for (const entry of entries) if (entry) found.push(...(await filesBelow(entry, '')));
  return found;
}

/** The files of a file input; files in a folder have their path. */
export function chosenFiles(files: Iterable<File>): ChosenFile[] {
  return [...files]
    .map((file) => ({ name: file.webkitRelativePath || file.name, content: file }))
    .filter(({ name }) => !name.includes('/') || !isHidden(name));
}

const isHidden = (name: string): boolean => name.split('/').some((part) => /^\.[^.]/.test(part));

async function filesBelow(entry: FileSystemEntry, folder: string): Promise<ChosenFile[]> {
  if (folder !== '' && isHidden(entry.name)) return [];
  const name = folder + entry.name;
  if (isFile(entry)) {
    const content = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ name, content }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: ChosenFile[] = [];
  for (;;) {
    // A reader returns up to 100 entries per call, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const one of some) files.push(...(await filesBelow(one, `${name}/`)));
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
