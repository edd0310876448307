import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type DataFile, downloadFiles, type LocalFile, PARALLEL_TRANSFERS } from '../../lake/data-files';
import type { Lake } from '../../lake/lake';
import { inParallel } from '../../storage/parallel';

/** Bytes on disk, of files that no query reads. */
const KEPT_BYTES = 4_000_000_000;

interface Kept {
  readonly bytes: number;
  /** Queries that read it now. */
  users: number;
}

/**
 * Data files on this computer, each downloaded once, as they never change. Those that queries read stay; of the others
 * the ones read last, up to so many bytes.
 */
export class Downloads {
  /** By local path, the one used last at the end. */
  private readonly files = new Map<string, Kept>();
  private acquiring = 0;

  constructor(
    readonly directory: string,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  /**
   * The files on this computer, until `release` is called with them.
   * @param columns the ones that are read; large files may hold no others
   * @param onArrived with the file's size in the bucket, whether it was downloaded or here already
   * @throws MissingDataFileError; the signal's reason, between two files
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

  /** The files may go, where there is no room for them. */
  release(files: readonly LocalFile[]): void {
    for (const { local } of files) {
      const kept = this.files.get(local);
      if (kept) kept.users -= 1;
    }
    // What another query just found here is not yet told as its own.
    if (this.acquiring === 0) this.tidy();
  }

  private async hold(local: string): Promise<void> {
    const { blocks } = await stat(local);
    const users = (this.files.get(local)?.users ?? 0) + 1;
    this.files.delete(local);
    // A file of some columns is sparse.
    this.files.set(local, { bytes: blocks * 512, users });
  }

  /** In one go, so that no query finds a file that is about to go. */
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
