import type { Context } from 'hono';
import type { ReadyRows } from '../../../operations/marts/row-page';
import type { RowSource } from '../../../operations/marts/row-source';
import type { RowTables } from '../../../operations/marts/row-tables';
import type { MartAbsent, RowsPreparing } from '../../api/rows';
import { BoundedMap } from '../bounded-map';
import { WAIT_MS } from './row-answers';

const CACHED_REPORTS = 32;

/** Computes something of all rows of a source, once per version of them. */
export type AnswerReport = <Report extends object>(
  context: Context,
  source: RowSource,
  /** Identifies what is computed. */
  name: string,
  compute: (rows: ReadyRows) => Promise<Report>,
) => Promise<Response>;

export function reports(tables: RowTables): AnswerReport {
  const known = new BoundedMap<string, object>(CACHED_REPORTS);
  return async (context, source, name, compute) => {
    const answer = await tables.read(
      source,
      async (rows) => {
        const key = JSON.stringify([source.id, rows.state, name]);
        const report = known.get(key) ?? (await compute(rows));
        known.set(key, report);
        return report;
      },
      { waitMs: WAIT_MS, signal: context.req.raw.signal },
    );
    if ('progress' in answer) return context.json<RowsPreparing>({ preparing: answer.progress }, 202);
    return context.json({ preparing: null, ...answer.result });
  };
}

export const absent = (context: Context, mart: string): Response =>
  context.json<MartAbsent>({ preparing: null, absent: mart });
