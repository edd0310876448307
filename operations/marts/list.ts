import type { Catalog } from '../../catalog/catalog';
import { isServed, type Mart } from '../../domain/mart';
import type { Lake } from '../../lake/lake';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { rowCount } from '../../lake/stats';
import { inParallel } from '../../storage/parallel';

export interface MartView {
  readonly name: string;
  readonly description: string;
  /** What one row is; null if the mart does not say. */
  readonly grain: string | null;
  readonly key: readonly string[];
  /** The DynamoDB table that serves it, without the deployment's prefix; null if it is read from the lake. */
  readonly table: string | null;
  /** The names of the columns that are computed when the mart is read. */
  readonly view_columns: readonly string[];
  /** Rows and version of its table in the lake; null if there is none, or no deployment was asked. */
  readonly rows: number | null;
  readonly version: number | null;
}

const PARALLEL_READS = 8;

/** The marts, with the state of their tables if there is a lake. @throws LakeError if a table cannot be read */
export function listMarts({ marts, martTable }: Catalog, lake?: Lake): Promise<MartView[]> {
  return inParallel(PARALLEL_READS, marts, async (mart) => {
    const snapshot = lake && (await readSnapshot(lake, martTable(mart.name).location));
    return viewMart(mart, snapshot);
  });
}

/** A mart, with the state of its table if it has one. */
export const viewMart = (mart: Mart, snapshot: Snapshot | undefined): MartView => ({
  name: mart.name,
  description: mart.description,
  grain: mart.grain ?? null,
  key: mart.key,
  table: isServed(mart) ? mart.dynamoDb.table : null,
  view_columns: mart.view?.columns.map(({ name }) => name) ?? [],
  rows: snapshot ? rowCount(snapshot) : null,
  version: snapshot?.version ?? null,
});
