import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { create, type LevelIterator, type Store, type Table } from 'dynalite/db';
import { called } from './called';

/** The directory cannot be used. */
export class DynamoDbStoreError extends Error {
  constructor(
    readonly directory: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error && cause.cause ? cause.cause : cause;
    const locked = /lock/i.test(String(reason));
    super(
      locked
        ? `${directory} is in use by another process: end it, or choose another directory`
        : `${directory} cannot be opened: ${reason}`,
    );
    this.name = 'DynamoDbStoreError';
  }
}

/**
 * Opens the tables of a directory and completes what a killed process had started: a table being created becomes
 * active, one being deleted is removed with its items.
 * @throws DynamoDbStoreError if another process has the directory open, or its files are damaged
 */
export async function openStore(directory: string, account: string, region: string): Promise<Store> {
  mkdirSync(directory, { recursive: true });
  const store = create({
    path: join(directory, 'tables'),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  store.db.createValueStream = (range) => streamOf(store.db.values(range));
  store.db.createKeyStream = (range) => streamOf(store.db.keys(range));
  store.tableDb.awsAccountId = account;
  store.tableDb.awsRegion = region;
  keepTables(store);
  try {
    await store.db.open();
  } catch (error) {
    throw new DynamoDbStoreError(directory, error);
  }
  for (const value of await store.db.values(under('table~')).all()) {
    const table = value as Table;
    if (table.TableStatus === 'DELETING') await finishDeletion(store, table.TableName);
    else if (table.TableStatus !== 'ACTIVE') await activate(store, table);
  }
  return store;
}

export function closeStore(store: Store): Promise<void> {
  return called((done) => store.lifecycleManager.gracefulClose(done));
}

/** Number of values per LevelDB read. */
const VALUES = 100;

/**
 * Replaces dynalite's own stream, which never closes its iterator: every query and scan would keep a snapshot of the
 * database, in memory and on disk, until the endpoint stops.
 */
function streamOf(iterator: LevelIterator): Readable {
  async function* values() {
    for (;;) {
      const next = await iterator.nextv(VALUES);
      if (next.length === 0) return;
      yield* next;
    }
  }
  // Emitted at the end, and when a query stops early.
  return Readable.from(values()).once('close', () => void iterator.close());
}

/** dynalite keeps all tables in one LevelDB, each under its own prefixes. */
const under = (prefix: string) => ({ gte: prefix, lt: `${prefix}\u{10FFFF}` });

async function finishDeletion(store: Store, name: string): Promise<void> {
  for (const prefix of ['item-', 'index-local~', 'index-global~', 'tag-']) {
    await store.db.clear(under(`${prefix}${name}~`));
  }
  await called((done) => store.tableDb.del(name, done));
}

async function activate(store: Store, table: Table): Promise<void> {
  const GlobalSecondaryIndexes = table.GlobalSecondaryIndexes?.map((index) => ({
    ...index,
    IndexStatus: 'ACTIVE',
  }));
  const active = {
    ...table,
    TableStatus: 'ACTIVE',
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
  };
  await called((done) => store.tableDb.put(table.TableName, active, done));
}

/**
 * Keeps the descriptions of tables in memory. Every operation asks for that of its table, which would be a read of LevelDB.
 * It gets a copy, as some actions change it.
 */
function keepTables({ tableDb }: Store): void {
  const kept = new Map<string, string>();
  let changes = 0;
  const { get, put, del } = tableDb;
  const forget = (name: string) => {
    changes += 1;
    kept.delete(name);
  };
  /** What is read while it changes may be old. */
  const forgetAround = (name: string, done: (error: Error | null) => void) => {
    forget(name);
    return (error: Error | null) => {
      forget(name);
      done(error);
    };
  };
  tableDb.put = (name, table, done) => put.call(tableDb, name, table, forgetAround(name, done));
  tableDb.del = (name, done) => del.call(tableDb, name, forgetAround(name, done));
  tableDb.get = (name, done) => {
    const text = kept.get(name);
    if (text !== undefined) {
      setImmediate(done, null, JSON.parse(text));
      return;
    }
    const before = changes;
    get.call(tableDb, name, (error, table) => {
      if (!error && table && changes === before) kept.set(name, JSON.stringify(table));
      done(error, table);
    });
  };
}
