import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type DataFile, downloadFiles, type LocalFile, PARALLEL_TRANSFERS } from '../../lake/data-files';
import type { Lake } from '../../lake/lake';
import { inParallel } from '../../storage/parallel';

/** Maximum bytes on disk of files that no running query reads. */
const KEPT_BYTES = 4_000_000_000;

interface Kept {
  readonly bytes: number;
  /** Queries that are reading it. */
  users: number;
}

/**
 * A cache of data files on local disk. Data files never change, so each is downloaded once. Files in use are kept; of the
 * others, the least recently used are deleted above a size limit.
 */
export class Downloads {
  /** By local path; the most recently used is last. */
  private readonly files = new Map<string, Kept>();
  private acquiring = 0;

  constructor(
    readonly directory: string,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  /**
   * Downloads the files that are not cached, and keeps all of them until `release` is called.
   * @param columns the columns to read; large files may contain no others
   * @param onArrived receives the file's size in the bucket, whether it was downloaded or cached
   * @throws MissingDataFileError; the signal's reason, checked between two files
   */
  async acquire(
    lake: Lake,
    location: string,
    files: readonly DataFile[],
    columns: readonly string[],
    signal: AbortSignal | undefined,
    onArrived: (bytes: number) => void,
  ): Promise<LocalFile[]> {
    const held: LocalFile[] = [];
    this.acquiring += 1;
    try {
      return await inParallel(PARALLEL_TRANSFERS, files, async (file) => {
        signal?.throwIfAborted();
        const [local] = await downloadFiles(lake, location, [file], this.directory, columns);
        if (!local) throw new RangeError(`nothing was downloaded for ${file.path}`);
        await this.hold(local.local);
        held.push(local);
        onArrived(file.size ?? 0);
        return local;
      });
    } catch (error) {
      this.release(held);
      throw error;
    } finally {
      this.acquiring -= 1;
    }
  }

  /** Allows the files to be deleted. */
  release(files: readonly LocalFile[]): void {
    for (const { local } of files) {
      const kept = this.files.get(local);
      if (kept) kept.users -= 1;
    }
    // A query that is acquiring files may have found one that it does not hold yet.
    if (this.acquiring === 0) this.tidy();
  }

  private async hold(local: string): Promise<void> {
    const { blocks } = await stat(local);
    const users = (this.files.get(local)?.users ?? 0) + 1;
    this.files.delete(local);
    // A file with only some columns is sparse.
    this.files.set(local, { bytes: blocks * 512, users });
  }

  /** Synchronous, so that no query finds a file that is about to be deleted. */
  private tidy(): void {
    let bytes = [...this.files.values()].reduce((sum, file) => sum + file.bytes, 0);
    for (const [local, file] of [...this.files]) {
      if (bytes <= this.keptBytes) return;
      if (file.users > 0) continue;
      this.files.delete(local);
      bytes -= file.bytes;
      rmSync(local, { force: true });
    }
  }
}
