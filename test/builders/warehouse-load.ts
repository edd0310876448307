import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import { DuckDb } from '../../engine/duckdb/session';
import { connectWarehouse, type Warehouse } from '../../serving/warehouse/connection';
import type { Dialect } from '../../serving/warehouse/dialect';
import { run as load } from '../../tasks/load/load';
import type { MemoryBucket } from './memory-bucket';
import { silentLogger } from './silent-logger';

export interface LoadOptions {
  readonly bucket: MemoryBucket;
  readonly catalog: Catalog;
  readonly url: string;
  readonly timeZone?: string;
  readonly currency?: string;
  readonly waitSeconds?: number;
  /** PostgreSQL's by default. */
  readonly dialect?: Dialect;
  /** Changes the connection before the task has it. */
  readonly onConnected?: (warehouse: Warehouse) => void;
}

/** Runs the task `load` in this process, with its own DuckDB and connection. */
export async function loadWarehouse(options: LoadOptions): ReturnType<typeof load> {
  const {
    bucket,
    catalog,
    url,
    timeZone = 'UTC',
    currency,
    waitSeconds = 60,
    dialect,
    onConnected,
  } = options;
  const workDirectory = mkdtempSync(path.join(tmpdir(), 'daybook-load-'));
  mkdirSync(workDirectory, { recursive: true });
  try {
    return await load(
      { executionId: 'load' },
      {
        bucket,
        catalog,
        workDirectory,
        clock: () => new Date(),
        logger: silentLogger,
        openDuckDb: () => DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 1 }),
        config: { REPORTING_TIME_ZONE: timeZone, CURRENCY: currency, LOAD_WAIT_SECONDS: waitSeconds },
        connectWarehouse: async () => {
          const warehouse = await connectWarehouse(url, dialect);
          onConnected?.(warehouse);
          return warehouse;
        },
      },
    );
  } finally {
    rmSync(workDirectory, { recursive: true, force: true });
  }
}

/** A statement that a connection runs, counted from 1; COPY is one, too. */
export interface StatementFault {
  readonly statement: number;
  /** Whether the server ran it before the connection was lost. */
  readonly isApplied: boolean;
}

/** Loses the connection at a statement. @returns whether it came to that */
export function loseConnectionAt(
  warehouse: Warehouse,
  { statement, isApplied }: StatementFault,
): { readonly hasOccurred: () => boolean } {
  const { connection } = warehouse as unknown as { connection: { stream: { destroy(): void } } };
  const query = warehouse.query.bind(warehouse) as (...args: unknown[]) => unknown;
  let count = 0;
  let hasOccurred = false;
  const lost = new Error('connection lost');
  Object.assign(warehouse, {
    query(...args: unknown[]) {
      count += 1;
      if (count !== statement) return query(...args);
      hasOccurred = true;
      if (!isApplied) connection.stream.destroy();
      const answer = query(...args);
      if (!isApplied || !(answer instanceof Promise)) return answer;
      return answer.then(() => {
        connection.stream.destroy();
        throw lost;
      });
    },
  });
  return { hasOccurred: () => hasOccurred };
}

/** Runs something before a statement, which waits for it. */
export function runBefore(
  warehouse: Warehouse,
  isMeant: (sql: string) => boolean,
  act: () => Promise<void>,
): void {
  const query = warehouse.query.bind(warehouse) as (...args: unknown[]) => unknown;
  let isOver = false;
  Object.assign(warehouse, {
    query(...args: unknown[]) {
      const [sql] = args;
      if (isOver || typeof sql !== 'string' || !isMeant(sql)) return query(...args);
      isOver = true;
      return act().then(() => query(...args));
    },
  });
}
