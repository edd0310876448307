import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where everything is written before it is renamed into place, whole. What a crash leaves here is nobody's, and is
 * gone at the next start.
 */
export class Scratch {
  private constructor(private readonly directory: string) {}

  /** An empty one. */
  static async open(directory: string): Promise<Scratch> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    return new Scratch(directory);
  }

  /** The name of a file that is not there yet: 32 hexadecimal digits. */
  newId(): string {
    return randomBytes(16).toString('hex');
  }

  path(id: string): string {
    return join(this.directory, id);
  }

  /** A new file that `fill` writes, piece by piece; removed again should `fill` throw. */
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

  /** Removes a file that was not renamed away; one that was is no error. */
  async discard(id: string): Promise<void> {
    await unlink(this.path(id)).catch(() => undefined);
  }

  /** Replaces a JSON file at once: a reader, or the next start, finds the old one or the new one. */
  async writeJson(path: string, value: unknown): Promise<void> {
    const temporary = this.path(this.newId());
    await writeFile(temporary, JSON.stringify(value));
    await rename(temporary, path);
  }

  /** Takes a directory out of sight at once, then removes it. */
  async removeDirectory(path: string): Promise<void> {
    const doomed = this.path(this.newId());
    await rename(path, doomed);
    await rm(doomed, { recursive: true, force: true });
  }
}
