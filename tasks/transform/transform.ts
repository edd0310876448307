import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import { KINDS, type Kind } from '../../domain/kinds';
import { CATEGORY_KPIS, type KpiTableSpec, ORDER_KPIS } from '../../domain/kpis';
import type { KpiTableResult, TransformResult } from '../../domain/workflow';
import { changedKeys } from '../../lake/changes';
import { quoteLiteral } from '../../lake/duckdb';
import { type Lake, merge, type Txn } from '../../lake/merge';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { fill } from '../../lake/sql';
import { KPI_TABLES, STAGING_TABLES } from '../../lake/tables';
import type { TaskDeps } from '../task-process';
import type { TaskOutcome } from '../task-result';
import categoryKpisSql from './category_kpis.sql';
import cleanedSql from './cleaned.sql';
import orderKpisSql from './order_kpis.sql';
import { type KpiStore, publish } from './publish';

/** Raised when the rules of the KPIs change, so that what stands in kpis/ is computed anew. */
const RULES_VERSION = 1;

/** The `txn` of a KPI table that names its version up to which DynamoDB has been written. */
const PUBLISHED = 'daybook/published';

export interface TransformDeps extends TaskDeps<{ readonly REPORTING_TIME_ZONE: string }> {
  readonly stores: Readonly<Record<KpiTableSpec['name'], KpiStore>>;
}

const KPI_QUERIES: readonly { spec: KpiTableSpec; sql: string }[] = [
  { spec: ORDER_KPIS, sql: orderKpisSql },
  { spec: CATEGORY_KPIS, sql: categoryKpisSql },
];

/**
 * Brings kpis/ and then the DynamoDB tables up to date with staging/.
 *
 * A KPI table's commit names the versions of the staging tables it was computed from, in `txn` actions. DynamoDB is
 * written after that commit, from the keys that changed since the version published last, and only then is the new
 * version marked as published. So a run that died at any point is made up for by the next: a key it may have written is
 * among the changed ones and is written again, or deleted if it has vanished since.
 */
export async function run(
  _input: { executionId: string },
  deps: TransformDeps,
): Promise<TaskOutcome<TransformResult>> {
  const { bucket, workDirectory, clock, logger, config } = deps;
  const db = await deps.openDuckDb();
  try {
    const lake: Lake = { bucket, db, workDirectory, clock, logger };
    const staging = new Map<Kind, Snapshot | undefined>();
    for (const kind of KINDS) staging.set(kind, await readSnapshot(lake, STAGING_TABLES[kind].location));
    const basis = basisOf(staging, config.REPORTING_TIME_ZONE);

    let isPrepared = false;
    const tables: KpiTableResult[] = [];
    for (const { spec, sql } of KPI_QUERIES) {
      const table = KPI_TABLES[spec.name];
      const before = await readSnapshot(lake, table.location);
      if (!isUpToDate(before, basis)) {
        if (!isPrepared) await prepare(lake, staging, config.REPORTING_TIME_ZONE);
        isPrepared = true;
        await db.run(`create or replace temp table ${spec.name}_now as ${sql}`);
        if (before) await scan(lake, before, table, `${spec.name}_before`, spec.key);
        await merge(
          lake,
          table,
          {
            rows: `${spec.name}_now`,
            ...(before && { deletes: vanished(spec) }),
          },
          { txns: basis },
        );
      }
      tables.push(await bringToDynamoDb(lake, spec, deps.stores[spec.name]));
    }
    return { tables };
  } finally {
    db.close();
  }
}

/** What the KPIs are computed from: the version of each staging table, under a name that says by which rules. */
function basisOf(staging: ReadonlyMap<Kind, Snapshot | undefined>, timeZone: string): Txn[] {
  return [...staging].flatMap(([kind, snapshot]) =>
    snapshot
      ? [{ appId: `daybook/staging/${kind}/${timeZone}/${RULES_VERSION}`, version: snapshot.version }]
      : [],
  );
}

function isUpToDate(snapshot: Snapshot | undefined, basis: readonly Txn[]): boolean {
  return basis.every(({ appId, version }) => snapshot?.txns.get(appId) === version);
}

async function prepare(
  lake: Lake,
  staging: ReadonlyMap<Kind, Snapshot | undefined>,
  timeZone: string,
): Promise<void> {
  const columns: Record<Kind, readonly string[]> = {
    products: ['id', 'category', 'cost', 'retail_price'],
    orders: ['order_id', 'user_id', 'status', 'created_at', 'num_of_item'],
    order_items: ['order_id', 'product_id', 'status', 'sale_price'],
  };
  for (const kind of KINDS) await scan(lake, staging.get(kind), STAGING_TABLES[kind], kind, columns[kind]);
  await lake.db.run(
    fill(cleanedSql, {
      time_zone: quoteLiteral(timeZone),
      blanks: quoteLiteral(BLANKS),
      category_length: String(CATEGORY_LENGTH),
    }),
  );
}

function vanished({ name, key }: KpiTableSpec): string {
  const columns = key.join(', ');
  return `(select ${columns} from ${name}_before except select ${columns} from ${name}_now)`;
}

async function bringToDynamoDb(lake: Lake, spec: KpiTableSpec, store: KpiStore): Promise<KpiTableResult> {
  const table = KPI_TABLES[spec.name];
  const snapshot = await readSnapshot(lake, table.location);
  if (!snapshot) return { table: spec.name, rows: 0, written: 0, deleted: 0, version: null };

  const kpis = `${spec.name}_kpis`;
  await scan(lake, snapshot, table, kpis);
  const published = snapshot.txns.get(PUBLISHED);
  // A log that no longer reaches back so far tells no changes: then every item is written.
  const changed = published === undefined ? undefined : await changedKeys(lake, table, published, snapshot);
  const { written, deleted } = await publish(lake.db, spec, kpis, changed ?? kpis, store);
  let version = snapshot.version;
  if (published === undefined || written + deleted > 0) {
    const nothing = { rows: `(select * from ${kpis} limit 0)` };
    const marked = await merge(lake, table, nothing, { txns: [{ appId: PUBLISHED, version }] });
    version = marked.version ?? version;
  }
  const [count] = await lake.db.rows<{ rows: string }>(`select count(*) as rows from ${kpis}`);
  return { table: spec.name, rows: Number(count?.rows), written, deleted, version };
}
