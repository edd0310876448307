import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scratch } from './scratch';

/**
 * Files of object data, each written once and never changed, under random names in 256 folders: no key ever is a path.
 */
export class Blobs {
  constructor(
    private readonly directory: string,
    private readonly scratch: Scratch,
  ) {}

  path(id: string): string {
    return join(this.directory, id.slice(0, 2), id);
  }

  /** Takes in a file of the scratch directory under its own name. */
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

  /** A second name for a file, in the scratch directory: no byte need be copied, as none of either is ever changed. */
  async linkToScratch(id: string): Promise<string> {
    const copy = this.scratch.newId();
    try {
      await link(this.path(id), this.scratch.path(copy));
    } catch (error) {
      // A file system without hard links.
      if (isMissing(error)) throw error;
      await copyFile(this.path(id), this.scratch.path(copy), constants.COPYFILE_FICLONE);
    }
    return copy;
  }

  open(id: string) {
    return open(this.path(id), 'r');
  }

  /** Whoever has the file open reads on to its end. */
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
