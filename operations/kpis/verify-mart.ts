import { createHash } from 'node:crypto';
import {
  exactColumn,
  exactColumns,
  isServed,
  type Mart,
  type MartCells,
  type ServedMart,
} from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import { dropTables, type Lake, temporaryName } from '../../lake/lake';
import { scan } from '../../lake/scan';
import type { Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { canonicalCellSql } from '../../serving/dynamodb/cells';
import { compareRows, type Difference } from './compare-rows';
import { loadItems, OTHER_ATTRIBUTES } from './item-rows';
import hashSql from './rows-hash.sql';

export interface VerifiedTable {
  readonly table: string;
  /** Number of expected rows, of items in DynamoDB (null if it does not serve the mart), and of rows in its table. */
  readonly expected: number;
  readonly items: number | null;
  readonly rows: number;
}

export interface MartComparison {
  readonly verified: VerifiedTable;
  readonly differences: number;
  /** The first of each place. */
  readonly first: readonly Difference[];
  /** Of the expected rows. */
  readonly hash: string;
}

/** A DynamoDB table: its name, and its items with canonical cells. */
export interface MartItems {
  readonly table: string;
  readonly read: () => AsyncIterable<MartCells>;
}

/**
 * Compares the rows of a mart as they should be with those of its table, in all stored columns, and with the items of DynamoDB.
 * @param expected relation of all stored columns, one row per key
 * @param stored a snapshot of its table; undefined if there is none
 */
export async function verifyMart(
  lake: Lake,
  mart: Mart,
  spec: TableSpec,
  expected: string,
  stored: Snapshot | undefined,
  itemsOf: (mart: ServedMart) => MartItems,
  maxListed: number,
): Promise<MartComparison> {
  const inDynamoDb = isServed(mart)
    ? await compareItems(lake, mart, expected, itemsOf(mart), maxListed)
    : undefined;
  const columns = [
    ...mart.columns,
    ...exactColumns(mart).map((column) => ({ name: exactColumn(column.name), type: column.type })),
  ];
  const names = columns.map(({ name }) => name);
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const found = temporaryName(lake, 'stored');
  await scan(lake, stored, spec, found, names);
  const inLake = await compareRows(
    lake,
    {
      table: spec.location,
      key: mart.key,
      columns: names,
      expected,
      found,
      textOf: (value, name) => canonicalCellSql(value, types.get(name) ?? 'text'),
    },
    maxListed,
  );
  return {
    verified: {
      table: mart.name,
      expected: inLake.expected,
      items: inDynamoDb?.found ?? null,
      rows: inLake.found,
    },
    differences: inLake.differences + (inDynamoDb?.differences ?? 0),
    first: [...(inDynamoDb?.first ?? []), ...inLake.first],
    hash: await hashOf(lake, mart, expected),
  };
}

async function compareItems(
  lake: Lake,
  mart: ServedMart,
  expected: string,
  { table, read }: MartItems,
  maxListed: number,
) {
  const items = await loadItems(lake, mart, read());
  const texts = mart.columns.map(
    ({ name, type }) => `${canonicalCellSql(quoteIdentifier(name), type)} as ${quoteIdentifier(name)}`,
  );
  const others = `cast(null as varchar) as ${quoteIdentifier(OTHER_ATTRIBUTES)}`;
  const compared = {
    table,
    key: mart.key,
    columns: [...mart.columns.map(({ name }) => name), OTHER_ATTRIBUTES],
    expected: `(select ${[...texts, others].join(', ')} from ${expected})`,
    found: items,
    textOf: (value: string) => value,
  };
  const comparison = await compareRows(lake, compared, maxListed);
  await dropTables(lake, [items]);
  return comparison;
}

/** SHA-256 of a mart's name and its rows: equal for equal numbers, in whichever order the rows are. */
async function hashOf({ db }: Lake, { name, columns }: Mart, rows: string): Promise<string> {
  const texts = columns.map((column) => canonicalCellSql(quoteIdentifier(column.name), column.type));
  const [sums] = await db.rows(fill(hashSql, { rows, texts: texts.join(', ') }));
  return createHash('sha256')
    .update(JSON.stringify([name, String(sums?.rows), String(sums?.low), String(sums?.high)]))
    .digest('hex');
}
