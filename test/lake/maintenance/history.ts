import { type Action, serializeEntry } from '../../../lake/actions';
import { entryKey } from '../../../lake/log';
import { OUR_PROTOCOL } from '../../../lake/protocol';
import { schemaString } from '../../../lake/schema';
import { MemoryBucket } from '../../builders/memory-bucket';
import { openTestLake, type TestLake, THINGS } from '../../builders/test-lake';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The state of the table from one time on, until the next. */
export interface ModelVersion {
  readonly since: number;
  readonly live: ReadonlySet<string>;
}

/**
 * A table whose log is real and whose data files are empty, on a clock that the test sets, beside a model of what each
 * version needs.
 */
export class History {
  now = Date.UTC(2025, 0, 1);
  readonly versions: ModelVersion[] = [];
  /** When each file was uploaded. */
  readonly uploads = new Map<string, number>();
  readonly bucket = new MemoryBucket('memory', () => new Date(this.now));
  readonly lake: TestLake;

  private constructor(machine: TestLake) {
    this.lake = { ...machine, bucket: this.bucket, clock: () => new Date(this.now), close: machine.close };
  }

  static async open(): Promise<History> {
    return new History(await openTestLake());
  }

  close(): void {
    this.lake.close();
  }

  get live(): ReadonlySet<string> {
    return this.versions.at(-1)?.live ?? new Set();
  }

  async upload(path: string): Promise<string> {
    await this.bucket.put(`${THINGS.location}/${path}`, '');
    this.uploads.set(path, this.now);
    return path;
  }

  /** @param skew how far the writer's clock is off, in milliseconds */
  async commit(added: readonly string[], removed: readonly string[], skew = 0): Promise<void> {
    const version = this.versions.length;
    const creation: Action[] = [
      { protocol: OUR_PROTOCOL },
      {
        metaData: {
          id: 'things',
          format: { provider: 'parquet' },
          schemaString: schemaString(THINGS.columns),
          partitionColumns: [...THINGS.partitionColumns],
        },
      },
    ];
    const common = { partitionValues: { place: 'a' }, size: 0, dataChange: true };
    const entry = serializeEntry([
      ...(version === 0 ? creation : []),
      ...removed.map((path) => ({ remove: { path, deletionTimestamp: this.now + skew, ...common } })),
      ...added.map((path) => ({ add: { path, modificationTime: this.now + skew, ...common } })),
    ]);
    await this.bucket.putIfAbsent(entryKey(THINGS.location, version), entry);
    const live = new Set([...this.live].filter((path) => !removed.includes(path)).concat(added));
    this.versions.push({ since: this.now, live });
  }

  /** The versions that were the newest at some time from then on. */
  versionsSince(time: number): ModelVersion[] {
    return this.versions.filter((_, i) => (this.versions[i + 1]?.since ?? Number.POSITIVE_INFINITY) >= time);
  }

  has(path: string): boolean {
    return this.bucket.objects.has(`${THINGS.location}/${path}`);
  }
}
