import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import type { Store } from 'dynalite/db';
import { DynamoDbError, runOperation } from './operations';

/** A table of this name exists with different keys. */
export class TableDiffersError extends Error {
  constructor(
    readonly tableName: string,
    found: string,
    expected: string,
  ) {
    super(
      `the table ${tableName} exists with the keys ${found}, expected ${expected}: delete it (aws dynamodb delete-table --table-name ${tableName}) or choose another directory`,
    );
    this.name = 'TableDiffersError';
  }
}

/**
 * Creates the table unless it exists, and resolves once it is active.
 * @throws TableDiffersError if it exists with different keys or indexes
 */
export async function ensureTable(store: Store, input: CreateTableCommandInput): Promise<void> {
  const name = input.TableName ?? '';
  let table = await describe(store, name);
  if (!table) await runOperation(store, 'CreateTable', structuredClone(input));
  for (table ??= await describe(store, name); table?.TableStatus !== 'ACTIVE'; ) {
    await sleep(5);
    table = await describe(store, name);
  }
  const found = keys(table);
  const expected = keys(input);
  if (found !== expected) throw new TableDiffersError(name, found, expected);
}

async function describe(store: Store, TableName: string): Promise<TableDescription | undefined> {
  try {
    const answer = await runOperation(store, 'DescribeTable', { TableName });
    return (answer as { Table: TableDescription }).Table;
  } catch (error) {
    if (error instanceof DynamoDbError && JSON.stringify(error.body).includes('ResourceNotFoundException')) {
      return undefined;
    }
    throw error;
  }
}

type Keyed = Pick<TableDescription, 'KeySchema' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'>;

/** `order_date; by-date: order_date, category` */
function keys({ KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes }: Keyed): string {
  const names = (schema: Keyed['KeySchema']) =>
    (schema ?? []).map(({ AttributeName }) => AttributeName).join(', ');
  const indexes = [...(GlobalSecondaryIndexes ?? []), ...(LocalSecondaryIndexes ?? [])]
    .map((index) => `${index.IndexName}: ${names(index.KeySchema)}`)
    .sort();
  return [names(KeySchema), ...indexes].join('; ');
}
