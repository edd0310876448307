/**
 * Thousands of small merges in a row, straight through lake/merge and a local S3: the workflow around them would take
 * hours and changes nothing of what lies in the lake.
 */
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../domain/names';
import { DuckDb, quoteLiteral } from '../../lake/duckdb';
import { type Lake, merge } from '../../lake/merge';
import { s3Bucket } from '../../lake/s3-bucket';
import { readSnapshot } from '../../lake/snapshot';
import { fill } from '../../lake/sql';
import { STAGING_TABLES } from '../../lake/tables';
import { startEndpoint } from '../../local/endpoint/endpoint';
import { createS3Service } from '../../local/s3/service';
import { type BenchContext, isJudged, newDirectory } from '../context';
import { dataset } from '../datasets';
import type { MeasureResult } from '../results';
import { sum } from '../statistics';
import { recordTraffic, type S3Request } from '../traffic';
import microBatchSql from './micro-batch.sql';

const FILES_GOAL = 30;
const WRITTEN_GOAL = 12;
const SAY_EVERY = 100;
const DAYS = 30;
/** The first of July: thirty days before it are one month. */
const END = Date.UTC(2025, 6, 1) / 1000;
const BUCKET = 'daybook-bench';

interface TableRun {
  readonly table: string;
  readonly partitions: number;
  readonly rows: number;
  readonly tableBytes: number;
  readonly mostFiles: number;
  readonly lastFiles: number;
  readonly seconds: number;
  /** Bytes written to data files, to log entries, and to checkpoints. */
  readonly data: number;
  readonly log: number;
  readonly checkpoints: number;
}

export async function measureMicroBatches(context: BenchContext): Promise<MeasureResult> {
  const { microBatches, microBatchOrders } = context.sizes;
  const directory = newDirectory(context, 'micro-batches');
  const s3 = await createS3Service({ directory, deliver: async () => {} });
  const endpoint = await startEndpoint({
    host: '127.0.0.1',
    port: 0,
    services: [s3],
    account: LOCAL_ACCOUNT,
    region: LOCAL_REGION,
  });
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
    for (const table of ['orders', 'order_items'] as const)
      runs.push(await mergeAll(context, lake, table, endpoint.port));
    return describe(context, runs, microBatches, microBatchOrders);
  } finally {
    db.close();
    client.destroy();
    await endpoint.close();
  }
}

/** One batch after another of a month's new orders, each with the second versions of some orders of the batch before. */
async function mergeAll(
  context: BenchContext,
  lake: Lake,
  table: 'orders' | 'order_items',
  port: number,
): Promise<TableRun> {
  const { microBatches, microBatchOrders } = context.sizes;
  const { files } = await dataset(context, {
    orders: microBatches * microBatchOrders,
    files: microBatches,
    days: DAYS,
    end: END,
  });
  const spec = STAGING_TABLES[table];
  const ofTable = files.filter((file) => path.basename(file.path).startsWith(`${table}_part`));
  const traffic = recordTraffic(port);
  const started = performance.now();
  const live = new Map<string, number>();
  let mostFiles = 0;
  for (const [index, { path: file, key }] of ofTable.entries()) {
    await lake.db.run(fill(microBatchSql, { file: quoteLiteral(file) }), {
      source_key: key,
      source_modified_at: new Date(Date.UTC(2025, 6, 1) + index * 1000).toISOString(),
    });
    await merge(lake, spec, { rows: 'micro_batch' });
    if (index % SAY_EVERY === 0) context.say(`${table}: batch ${index + 1} of ${ofTable.length}`);
    live.clear();
    for (const { partitionValues } of (await readSnapshot(lake, spec.location))?.files.values() ?? []) {
      const partition = JSON.stringify(partitionValues);
      live.set(partition, (live.get(partition) ?? 0) + 1);
    }
    mostFiles = Math.max(mostFiles, ...live.values());
  }
  const seconds = (performance.now() - started) / 1000;
  traffic.stop();
  const written = traffic.take().filter(({ operation }) => operation === 'write');
  const snapshot = await readSnapshot(lake, spec.location);
  const adds = [...(snapshot?.files.values() ?? [])];
  const bytesOf = (matches: (request: S3Request) => boolean) =>
    sum(written.filter(matches), ({ bytes }) => bytes);
  const isLog = ({ key }: S3Request) => key.includes('/_delta_log/');
  const isEntry = ({ key }: S3Request) => key.endsWith('.json');
  return {
    table,
    partitions: live.size,
    rows: sum(adds, ({ stats }) => Number(JSON.parse(stats ?? '{}').numRecords ?? 0)),
    tableBytes: sum(adds, ({ size }) => size),
    mostFiles,
    lastFiles: Math.max(...live.values()),
    seconds,
    data: bytesOf((request) => !isLog(request)),
    log: bytesOf((request) => isLog(request) && isEntry(request)),
    checkpoints: bytesOf((request) => isLog(request) && !isEntry(request)),
  };
}

function describe(
  context: BenchContext,
  runs: readonly TableRun[],
  batches: number,
  orders: number,
): MeasureResult {
  const named = (count: number) => count.toLocaleString('en-US');
  const all = (run: TableRun) => run.data + run.log + run.checkpoints;
  const judged = isJudged(context);
  const worst = (of: (run: TableRun) => number) => Math.max(...runs.map(of));
  return {
    tables: [
      {
        title: `${named(batches)} micro-batches of ${orders} orders over one month, without maintain`,
        columns: [
          { heading: 'table', unit: 'text' },
          { heading: 'rows', unit: 'count' },
          { heading: 'partitions', unit: 'count' },
          { heading: 'most live files', unit: 'count' },
          { heading: 'at the end', unit: 'count' },
          { heading: 'table', unit: 'bytes' },
          { heading: 'data written', unit: 'bytes' },
          { heading: 'log entries', unit: 'bytes' },
          { heading: 'checkpoints', unit: 'bytes' },
          { heading: 'data / table', unit: 'ratio' },
          { heading: 'all / table', unit: 'ratio' },
          { heading: 'a merge', unit: 'seconds' },
        ],
        rows: runs.map((run) => [
          run.table,
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
    goals: [
      {
        what: `${named(batches)} micro-batches: live files in a partition, at most`,
        bound: 'at most',
        goal: FILES_GOAL,
        unit: 'count',
        measured: worst(({ mostFiles }) => mostFiles),
        judged,
      },
      {
        what: `${named(batches)} micro-batches: bytes written in all / bytes of the final tables`,
        bound: 'at most',
        goal: WRITTEN_GOAL,
        unit: 'ratio',
        measured: sum(runs, all) / sum(runs, ({ tableBytes }) => tableBytes),
        judged,
      },
    ],
    notes: [
      'Driven through lake/merge in one process against the local S3, without the workflow around it.',
      'Every batch brings new orders, and second versions of one in twenty of the batch before.',
    ],
  };
}
