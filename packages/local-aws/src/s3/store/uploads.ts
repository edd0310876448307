import { mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChecksumAlgorithm, ChecksumType } from '../checksums';
import { noSuchUpload } from '../errors';
import { KeyedLock } from './keyed-lock';
import { toBytes } from './object-index';
import type { Scratch } from './scratch';
import type { Timeline } from './timeline';
import type { HeaderList } from './version';

/** The parameters of CreateMultipartUpload. */
interface UploadStart {
  readonly key: string;
  readonly headers: HeaderList;
  readonly tags: HeaderList;
  /** Checksum of the parts and the object; undefined if the client specifies none. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface Upload extends UploadStart {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
}

interface PartContent {
  /** 1 to 10,000. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** MD5 in hex. */
  readonly etag: string;
  /** Base64, with the algorithm of the upload or, if it has none, of the part. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

export interface Part extends PartContent {
  /** The file that holds the bytes. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

const START = 'upload.json';
const PART = /^part-\d+\.json$/;

/**
 * The multipart uploads of a bucket: one directory each, with `upload.json`, the parts' files, and a `part-N.json` per
 * part that names its file. Renaming `part-N.json` commits the part.
 */
export class Uploads {
  private readonly locks = new KeyedLock();
  private readonly open = new Map<string, { upload: Upload; parts: Map<number, Part> }>();

  private constructor(
    private readonly directory: string,
    private readonly scratch: Scratch,
    private readonly timeline: Timeline,
  ) {}

  static async open(directory: string, scratch: Scratch, timeline: Timeline): Promise<Uploads> {
    const uploads = new Uploads(directory, scratch, timeline);
    for (const id of await readdir(directory)) if (/^[0-9a-f]{32}$/.test(id)) await uploads.load(id);
    return uploads;
  }

  async create(start: UploadStart): Promise<Upload> {
    const upload: Upload = { ...start, id: this.scratch.newId(), initiated: this.timeline.now() };
    const prepared = this.scratch.path(upload.id);
    await mkdir(prepared);
    await this.scratch.writeJson(join(prepared, START), upload);
    await rename(prepared, this.path(upload.id));
    this.open.set(upload.id, { upload, parts: new Map() });
    return upload;
  }

  /** @throws NoSuchUpload, also for an upload of another key */
  find(id: string, key: string): Upload {
    return this.require(id, key).upload;
  }

  has(id: string): boolean {
    return this.open.has(id);
  }

  /** By number. @throws NoSuchUpload */
  parts(id: string, key: string): Part[] {
    return [...this.require(id, key).parts.values()].sort((a, b) => a.number - b.number);
  }

  /** By key, then by age. */
  all(): Upload[] {
    return [...this.open.values()]
      .map(({ upload }) => ({ upload, name: toBytes(upload.key) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.upload.initiated - b.upload.initiated))
      .map(({ upload }) => upload);
  }

  partPath(upload: Upload, part: Part): string {
    return join(this.path(upload.id), part.id);
  }

  /** Stores a scratch file as a part and replaces an earlier part of the same number. @throws NoSuchUpload */
  putPart(upload: Upload, file: string, content: PartContent): Promise<Part> {
    return this.exclusively(upload, async () => {
      const { parts } = this.require(upload.id, upload.key);
      const part: Part = { ...content, id: file, lastModified: this.timeline.now() };
      await rename(this.scratch.path(file), this.partPath(upload, part));
      await this.scratch.writeJson(join(this.path(upload.id), `part-${part.number}.json`), part);
      const before = parts.get(part.number);
      parts.set(part.number, part);
      if (before) await unlink(this.partPath(upload, before));
      return part;
    });
  }

  /** Locks the upload and its parts while a task runs. */
  exclusively<T>(upload: Upload, task: () => Promise<T>): Promise<T> {
    return this.locks.run(upload.id, task);
  }

  /** Removes an upload and its parts. Call it with the lock held. */
  async remove(upload: Upload): Promise<void> {
    this.open.delete(upload.id);
    await this.scratch.removeDirectory(this.path(upload.id));
  }

  private path(id: string): string {
    return join(this.directory, id);
  }

  private require(id: string, key: string) {
    const found = this.open.get(id);
    if (found?.upload.key !== key) throw noSuchUpload(id);
    return found;
  }

  private async load(id: string): Promise<void> {
    const read = async (name: string) => JSON.parse(await readFile(join(this.path(id), name), 'utf8'));
    const names = await readdir(this.path(id));
    const upload = (await read(START)) as Upload;
    const parts = (await Promise.all(names.filter((name) => PART.test(name)).map(read))) as Part[];
    const used = new Set(parts.map((part) => part.id));
    const orphans = names.filter((name) => !name.endsWith('.json') && !used.has(name));
    await Promise.all(orphans.map((name) => unlink(join(this.path(id), name))));
    this.open.set(id, { upload, parts: new Map(parts.map((part) => [part.number, part])) });
  }
}
