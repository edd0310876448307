import { createHash } from 'node:crypto';
import { copyFile, open, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bucket, ObjectInfo } from '../../storage/bucket';

interface StoredFile {
  readonly path: string;
  readonly info: ObjectInfo;
}

/**
 * A bucket on local disk for one run of a task: given files are its input, and it stores what the task writes in a directory.
 * A download is a link, so nothing is copied.
 */
export class DirectoryBucket implements Bucket {
  readonly name = 'local';
  private readonly files = new Map<string, StoredFile>();

  /** @param directory exists, and is removed by the caller */
  constructor(private readonly directory: string) {}

  /** Adds a file of this disk as an object. */
  add(key: string, file: string, size: number, lastModified: Date): ObjectInfo {
    const info = { key, size, etag: hashOf(`${file} ${size}`), lastModified };
    this.files.set(key, { path: path.resolve(file), info });
    return info;
  }

  /** The path of an object on this disk. */
  pathOf(key: string): string | undefined {
    return this.files.get(key)?.path;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return this.files.get(key)?.info;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const file = this.files.get(key);
    return file && readFile(file.path);
  }

  async getRange(key: string, start: number, length: number): Promise<Uint8Array | undefined> {
    const file = this.files.get(key);
    if (!file) return undefined;
    const handle = await open(file.path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async *list(prefix: string, startAfter = ''): AsyncIterable<ObjectInfo> {
    for (const [key, { info }] of [...this.files].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )) {
      if (key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0) yield info;
    }
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    const file = this.newPath(key);
    await writeFile(file, body);
    this.add(key, file, Buffer.byteLength(body), new Date());
  }

  async putIfAbsent(key: string, body: string | Uint8Array): Promise<'created' | 'exists'> {
    if (this.files.has(key)) return 'exists';
    await this.put(key, body);
    return 'created';
  }

  async download(key: string, to: string, ifMatch?: string): Promise<ObjectInfo | undefined> {
    const file = this.files.get(key);
    if (!file || (ifMatch !== undefined && ifMatch !== file.info.etag)) return undefined;
    await symlink(file.path, to);
    return file.info;
  }

  async upload(key: string, from: string): Promise<void> {
    const file = this.newPath(key);
    await copyFile(from, file);
    this.add(key, file, 0, new Date());
  }

  async delete(key: string): Promise<void> {
    this.files.delete(key);
  }

  /** Keys can have any characters and lengths, so the name is a hash. */
  private newPath(key: string): string {
    return path.join(this.directory, hashOf(key));
  }
}

const hashOf = (text: string) => createHash('md5').update(text).digest('hex');
