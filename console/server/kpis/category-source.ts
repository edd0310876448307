import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import { changedDays } from '../../../operations/kpis/changes';
import { type Kpi, readKpis, readKpisOfDays } from '../../../operations/kpis/kpis';
import type { LakeReader } from '../../../operations/lake/reader';
import { publishedVersion } from '../../../serving/dynamodb/publishers';
import { reuseMs } from '../cached-read';

/** Another writer can change DynamoDB without an entry in the log. */
const MAX_AGE_MS = 600_000;

/** Up to this many days are queried one by one, even if they are most of the table. */
const MAX_SINGLE_DAYS = 62;

/** Changes according to the log of kpis/; empty without a log. */
export interface LogChanges {
  /** The last version that is completely written to DynamoDB. */
  readonly published?: number | undefined;
  /** Days (YYYY-MM-DD) with changed rows since an earlier version; undefined if unknown. */
  readonly days?: ReadonlySet<string> | undefined;
}

export interface CategoryReads {
  all(): Promise<readonly Kpi[]>;
  ofDays(days: readonly string[]): Promise<readonly Kpi[]>;
  /** @param since the version that was published when the items were read; undefined if unknown */
  changes(since: number | undefined): Promise<LogChanges>;
}

/**
 * Caches the items of CategoryKPIs by day, because ten years of them take seconds to read. The log of kpis/ tells which
 * days have changed; without a log the cache expires after a while.
 */
export class CategorySource {
  private readonly days = new Map<string, Kpi[]>();
  private published: number | undefined;
  private cachedSince = Number.NEGATIVE_INFINITY;
  private tookMs = 0;
  private state = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param clock in milliseconds */
  constructor(
    private readonly reads: CategoryReads,
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * @param wanted days to read
   * @param all days that have KPIs
   * @returns the items of the wanted days, and a number that changes whenever an item may have changed
   */
  async of(
    wanted: readonly string[],
    all: readonly string[],
  ): Promise<{ readonly items: readonly Kpi[]; readonly state: number }> {
    // One request at a time, so that the next one finds in the cache what this one has read.
    const reading = this.turn.then(async () => {
      await this.dropChanged();
      await this.readMissing(wanted, all);
      return { items: wanted.flatMap((day) => this.days.get(day) ?? []), state: this.state };
    });
    this.turn = reading.catch(() => {});
    return reading;
  }

  /** Reads the log before the items: a version published in between is then seen again by the next request. */
  private async dropChanged(): Promise<void> {
    const { published, days } = await this.reads.changes(this.published);
    this.published = published;
    const age = this.clock() - this.cachedSince;
    if (days && age <= MAX_AGE_MS) {
      for (const day of days) this.days.delete(day);
    } else if (published !== undefined || age > reuseMs(this.tookMs)) {
      this.days.clear();
      this.cachedSince = this.clock();
    }
  }

  private async readMissing(wanted: readonly string[], all: readonly string[]): Promise<void> {
    const missing = wanted.filter((day) => !this.days.has(day));
    if (missing.length === 0) return;
    const startedAt = this.clock();
    const isMost = missing.length > MAX_SINGLE_DAYS && missing.length > all.length / 2;
    const items = await (isMost ? this.reads.all() : this.reads.ofDays(missing));
    // A day without items is cached, too.
    for (const day of isMost ? all : missing) this.days.set(day, []);
    for (const item of items) this.days.get(item.order_date ?? '')?.push(item);
    this.tookMs = Math.max(this.tookMs, this.clock() - startedAt);
    this.state++;
  }
}

/** Reads the items from DynamoDB, and the changes from the lake's log. */
export function categoryReads(deployment: Deployment, lake: LakeReader): CategoryReads {
  const mart = catalog.servedMart('category_kpis');
  return {
    all: () => readKpis(deployment, mart),
    ofDays: (days) => readKpisOfDays(deployment, mart, days),
    async changes(since) {
      try {
        return await lake.use(async (open) => {
          const snapshot = await open.snapshots.newest(catalog.martTable(mart.name).location);
          const published = publishedVersion(snapshot);
          if (!snapshot || since === undefined) return { published };
          return { published, days: await changedDays(open.lake, mart, since, snapshot) };
        });
      } catch {
        // KPIs are shown even if the lake cannot be read.
        return {};
      }
    },
  };
}
