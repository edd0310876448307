/**
 * Thousands of small merges directly through lake/merge and a local S3. With the workflow they would take hours, with the same
 * resulting lake.
 */

import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { createS3Service, startEndpoint } from 'local-aws';
import { catalog } from '../../catalog/catalog';
import { LOCAL_REGION } from '../../domain/names';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { readEntry } from '../../lake/log-entry';
import { type Lake, merge } from '../../lake/merge';
import { readSnapshot } from '../../lake/snapshot';
import { numRecords } from '../../lake/stats';
import type { TableSpec } from '../../lake/table-spec';
import { s3Bucket } from '../../storage/s3-bucket';
import { type BenchContext, isFull, newDirectory } from '../context';
import { dataset } from '../datasets';
import type { MeasureResult } from '../results';
import { sum } from '../statistics';
import { recordTraffic, type S3Request } from '../traffic';
import microBatchSql from './micro-batch.sql';

const FILES_GOAL = 30;
const WRITTEN_GOAL = 12;
const SAY_EVERY = 100;
const DAYS = 30;
/** The first of July: the thirty days before it are one month. */
const END = Date.UTC(2025, 6, 1) / 1000;
const BUCKET = 'daybook-bench';

/** Shares of updates per batch: none, or second versions of some orders of the previous batch. */
const UPDATES = [0, 0.05];

interface TableRun {
  readonly table: string;
  readonly updates: number;
  readonly partitions: number;
  readonly rows: number;
  readonly tableBytes: number;
  readonly mostFiles: number;
  readonly lastFiles: number;
  readonly seconds: number;
  /** Bytes written to data files, log entries and checkpoints. */
  readonly data: number;
  readonly log: number;
  readonly checkpoints: number;
}

export async function measureMicroBatches(context: BenchContext): Promise<MeasureResult> {
  const { microBatches, microBatchOrders } = context.sizes;
  const directory = newDirectory(context, 'micro-batches');
  const s3 = await createS3Service({ directory });
  const endpoint = await startEndpoint({ services: [s3] });
  const client = new S3Client({
    endpoint: endpoint.url,
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const workDirectory = path.join(directory, 'work');
  const db = await DuckDb.open({ tempDirectory: workDirectory });
  const lake: Lake = { bucket: s3Bucket(client, BUCKET), db, workDirectory, clock: () => new Date() };
  try {
    await s3.createBucket(BUCKET);
    const runs: TableRun[] = [];
    for (const updates of UPDATES) {
      for (const table of ['orders', 'order_items'] as const) {
        const location = `${catalog.stagingTable(table).location}-${updates}`;
        const spec = { ...catalog.stagingTable(table), location };
        runs.push(await mergeAll(context, lake, spec, updates, endpoint.port));
      }
    }
    return describe(context, runs, microBatches, microBatchOrders);
  } finally {
    db.close();
    client.destroy();
    await endpoint.close();
  }
}

/** Batches of the orders of one month. */
async function mergeAll(
  context: BenchContext,
  lake: Lake,
  spec: TableSpec,
  updates: number,
  port: number,
): Promise<TableRun> {
  const { microBatches, microBatchOrders } = context.sizes;
  const { files } = await dataset(context, {
    orders: microBatches * microBatchOrders,
    files: microBatches,
    updates,
    days: DAYS,
    end: END,
  });
  const ofTable = files.filter((file) => path.basename(file.path).startsWith(`${spec.name}_part`));
  const traffic = recordTraffic(port);
  const started = performance.now();
  for (const [index, { path: file, key }] of ofTable.entries()) {
    await lake.db.run(fill(microBatchSql, { file: quoteLiteral(file) }), {
      source_key: key,
      source_modified_at: new Date(Date.UTC(2025, 6, 1) + index * 1000).toISOString(),
    });
    await merge(lake, spec, { rows: 'micro_batch' });
    if (index % SAY_EVERY === 0) context.say(`${spec.name}: batch ${index + 1} of ${ofTable.length}`);
  }
  const seconds = (performance.now() - started) / 1000;
  traffic.stop();
  const written = traffic.take().filter(({ operation }) => operation === 'write');
  const snapshot = await readSnapshot(lake, spec.location);
  const { most, last } = await liveFiles(lake, spec.location, snapshot?.version ?? -1);
  const adds = [...(snapshot?.files.values() ?? [])];
  const bytesOf = (matches: (request: S3Request) => boolean) =>
    sum(written.filter(matches), ({ bytes }) => bytes);
  const isLog = ({ key }: S3Request) => key.includes('/_delta_log/');
  const isEntry = ({ key }: S3Request) => key.endsWith('.json');
  return {
    table: spec.name,
    updates,
    partitions: last.length,
    rows: sum(adds, ({ stats }) => numRecords(stats) ?? 0),
    tableBytes: sum(adds, ({ size }) => size),
    mostFiles: most,
    lastFiles: Math.max(...last),
    seconds,
    data: bytesOf((request) => !isLog(request)),
    log: bytesOf((request) => isLog(request) && isEntry(request)),
    checkpoints: bytesOf((request) => isLog(request) && !isEntry(request)),
  };
}

const contentOf = (updates: number) => (updates > 0 ? 'new orders and changes' : 'new orders');

/** Live files per partition: the maximum after any commit, and the number in each partition at the end. */
async function liveFiles(
  lake: Lake,
  location: string,
  version: number,
): Promise<{ most: number; last: number[] }> {
  const live = new Map<string, Set<string>>();
  let most = 0;
  for (let entry = 0; entry <= version; entry += 1) {
    for (const { add, remove } of (await readEntry(lake, location, entry)) ?? []) {
      // The files of a partition are in its directory.
      const name = add?.path ?? remove?.path ?? '';
      if (name === '') continue;
      const files = live.get(path.dirname(name)) ?? new Set();
      live.set(path.dirname(name), files);
      if (add) files.add(name);
      else files.delete(name);
    }
    most = Math.max(most, ...[...live.values()].map(({ size }) => size));
  }
  return { most, last: [...live.values()].map(({ size }) => size) };
}

function describe(
  context: BenchContext,
  runs: readonly TableRun[],
  batches: number,
  orders: number,
): MeasureResult {
  const named = (count: number) => count.toLocaleString('en-US');
  const all = (run: TableRun) => run.data + run.log + run.checkpoints;
  const judged = isFull(context);
  return {
    tables: [
      {
        title: `${named(batches)} micro-batches of ${orders} orders over one month, without maintain`,
        columns: [
          { heading: 'table', unit: 'text' },
          { heading: 'batches contain', unit: 'text' },
          { heading: 'rows', unit: 'count' },
          { heading: 'partitions', unit: 'count' },
          { heading: 'max live files', unit: 'count' },
          { heading: 'at the end', unit: 'count' },
          { heading: 'table', unit: 'bytes' },
          { heading: 'data written', unit: 'bytes' },
          { heading: 'log entries', unit: 'bytes' },
          { heading: 'checkpoints', unit: 'bytes' },
          { heading: 'data written / table', unit: 'ratio' },
          { heading: 'all written / table', unit: 'ratio' },
          { heading: 'time per merge', unit: 'seconds' },
        ],
        rows: runs.map((run) => [
          run.table,
          contentOf(run.updates),
          run.rows,
          run.partitions,
          run.mostFiles,
          run.lastFiles,
          run.tableBytes,
          run.data,
          run.log,
          run.checkpoints,
          run.data / run.tableBytes,
          all(run) / run.tableBytes,
          run.seconds / batches,
        ]),
      },
    ],
    goals: UPDATES.flatMap((updates) => {
      const some = runs.filter((run) => run.updates === updates);
      const what = `${named(batches)} micro-batches of ${contentOf(updates)}`;
      return [
        {
          what: `${what}: live files in a partition`,
          bound: 'at most',
          goal: FILES_GOAL,
          unit: 'count',
          measured: Math.max(...some.map(({ mostFiles }) => mostFiles)),
          judged,
        },
        {
          what: `${what}: total bytes written / bytes of the final tables`,
          bound: 'at most',
          goal: WRITTEN_GOAL,
          unit: 'ratio',
          measured: sum(some, all) / sum(some, ({ tableBytes }) => tableBytes),
          judged,
        },
      ];
    }),
    notes: [
      'Runs lake/merge in one process against the local S3, without the workflow.',
      'Changes are second versions of one in twenty orders of the previous batch, which are in the newest files.',
    ],
  };
}
