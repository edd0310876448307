import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Directory for files that are written completely and then renamed into place. Emptied at every start.
 */
export class Scratch {
  private constructor(private readonly directory: string) {}

  static async open(directory: string): Promise<Scratch> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    return new Scratch(directory);
  }

  /** A new file name: 32 hexadecimal digits. */
  newId(): string {
    return randomBytes(16).toString('hex');
  }

  path(id: string): string {
    return join(this.directory, id);
  }

  /** Creates a file that `fill` writes; removed if `fill` throws. */
  async write<T>(
    fill: (write: (bytes: Buffer) => Promise<void>) => Promise<T>,
  ): Promise<{ id: string; result: T }> {
    const id = this.newId();
    const file = await open(this.path(id), 'wx');
    try {
      const result = await fill(async (bytes) => {
        for (let at = 0; at < bytes.length; ) {
          at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
        }
      });
      await file.close();
      return { id, result };
    } catch (error) {
      await file.close();
      await this.discard(id);
      throw error;
    }
  }

  /** Removes a file unless it was renamed. */
  async discard(id: string): Promise<void> {
    await unlink(this.path(id)).catch(() => undefined);
  }

  /** Replaces a JSON file atomically. */
  async writeJson(path: string, value: unknown): Promise<void> {
    const temporary = this.path(this.newId());
    await writeFile(temporary, JSON.stringify(value));
    await rename(temporary, path);
  }

  /** Renames a directory atomically, then removes it. */
  async removeDirectory(path: string): Promise<void> {
    const removed = this.path(this.newId());
    await rename(path, removed);
    await rm(removed, { recursive: true, force: true });
  }
}
