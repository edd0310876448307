import { gunzipSync } from 'node:zlib';
import { BIGINT, VARCHAR } from '@duckdb/node-api';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { RowAppender } from '../../engine/duckdb/row-appender';
import type { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import { newestSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';
import type { Deployment } from '../deployment';
import { badRows } from '../files/bad-rows';
import { readTables } from '../lake/read-tables';
import type { LakeSession } from '../lake/session';
import { type EventFile, readEventFiles } from './event-files';
import receivedLinesSql from './received_lines.sql';
import { sumByDay } from './reconciliation';
import type { VerifiedEventDay } from './views';

const PARALLEL = 8;

/** The columns by which a line is found among the stored events. */
const COLUMNS = ['event_id', 'is_bot', '_source_key', '_source_line'];

/**
 * Looks up every line that the entry points received, since a day, in the lake: it is rejected, a stored event or a duplicate of
 * one, or missing. Reads the archived raw files and a few columns of the stored events; changes nothing.
 *
 * @param events the staging table of events
 * @param since the first UTC day, YYYY-MM-DD; the ledger knows the files of 90 days
 * @returns newest day first
 */
export async function verifyReceived(
  deployment: Deployment,
  session: LakeSession,
  events: TableSpec,
  since: string,
): Promise<VerifiedEventDay[]> {
  const { lake } = session;
  const known = await readEventFiles(deployment, events.name, new Date(`${since}T00:00:00Z`));
  const files = known.filter(({ day, origin }) => day >= since && origin !== 'files');
  if (files.length === 0) return [];
  const snapshot = await newestSnapshot(lake, events.location, undefined);
  return readTables(session, [{ spec: events, snapshot, columns: COLUMNS }], async (db) => {
    const received = temporaryName(lake, 'received');
    await db.run(`create temp table ${received} (key varchar, line bigint, event_id varchar)`);
    const rejected = await readLines(deployment, lake.bucket, db, received, files);
    const found = await db.rows<LineCounts>(
      fill(receivedLinesSql, { received, events: quoteIdentifier(events.name) }),
    );
    const byKey = new Map(found.map((counts) => [counts.key, counts]));
    return sumByDay(
      files.flatMap((file) => {
        const lines = rejected.get(file.item.key);
        return lines === undefined ? [] : [countsOf(file, lines, byKey.get(file.item.key))];
      }),
    );
  });
}

type LineCounts = {
  readonly key: string;
  readonly good: string;
  readonly missing: string;
  readonly stored: string;
  readonly bots: string;
};

function countsOf(file: EventFile, rejected: number, lines: LineCounts | undefined) {
  const [good, missing, distinct, bots] = [lines?.good, lines?.missing, lines?.stored, lines?.bots].map(
    (count) => Number(count ?? 0),
  ) as [number, number, number, number];
  const duplicates = good - missing - distinct - bots;
  return { file, received: good + rejected, distinct, duplicates, bots, rejected, missing };
}

/** @returns the number of rejected lines by key; a file that no longer exists has no entry */
async function readLines(
  deployment: Deployment,
  bucket: LakeSession['lake']['bucket'],
  db: DuckDb,
  table: string,
  files: readonly EventFile[],
): Promise<ReadonlyMap<string, number>> {
  const rejected = new Map<string, number>();
  const rows = await RowAppender.open(db, table, [VARCHAR, BIGINT, VARCHAR]);
  try {
    await inParallel(PARALLEL, files, async ({ item }) => {
      const body = await bucket.get(item.destination ?? item.key);
      if (!body) return;
      const bad = await badLines(deployment, item);
      const lines = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
      for (const [at, line] of lines.entries()) {
        if (!bad.has(at + 1)) rows.add([item.key], [BigInt(at + 1), JSON.parse(line).event_id]);
      }
      rejected.set(item.key, bad.size);
    });
    rows.flush();
  } finally {
    rows.close();
  }
  return rejected;
}

async function badLines(deployment: Deployment, item: EventFile['item']): Promise<ReadonlySet<number>> {
  const lines = new Set<number>();
  if (item.rejected_rows_key === undefined) return lines;
  for await (const { line } of badRows(deployment, item)) lines.add(line);
  return lines;
}
