import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from './scratch';

/**
 * Immutable files of object data under random names in 256 folders, independent of keys.
 */
export class Blobs {
  constructor(
    private readonly directory: string,
    private readonly scratch: Scratch,
  ) {}

  path(id: string): string {
    return join(this.directory, id.slice(0, 2), id);
  }

  /** Moves a file from the scratch directory, with the same name. */
  async moveFromScratch(id: string): Promise<void> {
    const move = () => rename(this.scratch.path(id), this.path(id));
    try {
      await move();
    } catch (error) {
      if (!isMissing(error)) throw error;
      await mkdir(dirname(this.path(id)), { recursive: true });
      await move();
    }
  }

  /** Creates a hard link in the scratch directory: files are immutable, so no copy is needed. */
  async linkToScratch(id: string): Promise<string> {
    const copy = this.scratch.newId();
    try {
      await link(this.path(id), this.scratch.path(copy));
    } catch (error) {
      // The file system has no hard links.
      if (isMissing(error)) throw error;
      await copyFile(this.path(id), this.scratch.path(copy), constants.COPYFILE_FICLONE);
    }
    return copy;
  }

  open(id: string) {
    return open(this.path(id), 'r');
  }

  /** Open file handles remain readable. */
  async remove(id: string): Promise<void> {
    await unlink(this.path(id)).catch(() => undefined);
  }

  async ids(): Promise<string[]> {
    const folders = (await readdir(this.directory)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    return (await Promise.all(folders.map((folder) => readdir(join(this.directory, folder))))).flat();
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
