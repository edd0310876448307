import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import type { KpiHistory } from '../../../operations/kpis/changes';
import { type Kpi, readKpis, readKpisOfDays } from '../../../operations/kpis/kpis';
import type { LakeReader } from '../../../operations/lake/reader';
import { publishedVersion } from '../../../serving/dynamodb/publishers';
import { believedFor } from './readings';

/** However little the log says to have changed: somebody else may have written to DynamoDB. */
const LONGEST_MS = 600_000;

/** So many days are asked for one by one, be they most of the table or not. */
const FEW_DAYS = 62;

/** What the log of kpis/ tells; nothing where there is none. */
export interface LogNews {
  /** The version up to which DynamoDB has been written. */
  readonly published?: number | undefined;
  /** The months, YYYY-MM, of rows that commits after an earlier version changed; undefined where that cannot be told. */
  readonly months?: ReadonlySet<string> | undefined;
}

export interface CategoryReads {
  everything(): Promise<readonly Kpi[]>;
  ofDays(days: readonly string[]): Promise<readonly Kpi[]>;
  /** @param since the version that was published when items were read; undefined for none */
  news(since: number | undefined): Promise<LogNews>;
}

/**
 * The items of CategoryKPIs by day, kept from one request to the next, since ten years of them take seconds to read. The
 * log of kpis/ tells which months have changed since; without a log all are read again after a while.
 */
export class CategorySource {
  private readonly days = new Map<string, Kpi[]>();
  private published: number | undefined;
  private keptSince = Number.NEGATIVE_INFINITY;
  private tookMs = 0;
  private state = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param clock in milliseconds */
  constructor(
    private readonly reads: CategoryReads,
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * @param wanted days
   * @param all days that there are
   * @returns the items of the days, and a number that is another one when any item may be
   */
  async of(
    wanted: readonly string[],
    all: readonly string[],
  ): Promise<{ readonly items: readonly Kpi[]; readonly state: number }> {
    // One after the other, so that who waits finds what the one before has read.
    const reading = this.turn.then(async () => {
      await this.dropChanged();
      await this.readMissing(wanted, all);
      return { items: wanted.flatMap((day) => this.days.get(day) ?? []), state: this.state };
    });
    this.turn = reading.catch(() => {});
    return reading;
  }

  /** Asks the log first: what is published after that is published again, or read, the next time. */
  private async dropChanged(): Promise<void> {
    const { published, months } = await this.reads.news(this.published);
    this.published = published;
    const age = this.clock() - this.keptSince;
    if (months && age <= LONGEST_MS) {
      for (const day of this.days.keys()) if (months.has(day.slice(0, 7))) this.days.delete(day);
    } else if (published !== undefined || age > believedFor(this.tookMs)) {
      this.days.clear();
      this.keptSince = this.clock();
    }
  }

  private async readMissing(wanted: readonly string[], all: readonly string[]): Promise<void> {
    const missing = wanted.filter((day) => !this.days.has(day));
    if (missing.length === 0) return;
    const started = this.clock();
    const isMost = missing.length > FEW_DAYS && missing.length > all.length / 2;
    const items = await (isMost ? this.reads.everything() : this.reads.ofDays(missing));
    // Days without an item are known to have none.
    for (const day of isMost ? all : missing) this.days.set(day, []);
    for (const item of items) this.days.get(item.order_date ?? '')?.push(item);
    this.tookMs = Math.max(this.tookMs, this.clock() - started);
    this.state++;
  }
}

/** Of a deployment: DynamoDB, and its lake's log. */
export function categoryReads(deployment: Deployment, lake: LakeReader, history: KpiHistory): CategoryReads {
  const mart = catalog.mart('category_kpis');
  return {
    everything: () => readKpis(deployment, mart),
    ofDays: (days) => readKpisOfDays(deployment, mart, days),
    async news(since) {
      try {
        return await lake.use(async (open) => {
          const snapshot = await open.snapshots.newest(catalog.martTable(mart.name).location);
          const published = publishedVersion(snapshot);
          if (!snapshot || since === undefined) return { published };
          return {
            published,
            months: await history.changedMonths(open.lake, mart, since, snapshot),
          };
        });
      } catch {
        // A lake that cannot be read hides no KPIs.
        return {};
      }
    },
  };
}
