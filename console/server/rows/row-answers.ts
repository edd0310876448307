import type { Context } from 'hono';
import type { MartColumn } from '../../../domain/mart';
import { DeploymentError } from '../../../operations/errors';
import { type RowChoice, testsOf } from '../../../operations/marts/row-filter';
import { readRowPage, requireColumn, streamRows } from '../../../operations/marts/row-page';
import type { RowSource } from '../../../operations/marts/row-source';
import type { RowTables } from '../../../operations/marts/row-tables';
import type { RowColumn, RowsPage, RowsPreparing } from '../../api/rows';
import { rowCsv } from './row-csv';
import { rowQuerySchema } from './row-query';

/** How long a request waits for rows that are being computed; then it says how far they are, and the page asks again. */
export const WAIT_MS = 700;

/** A download waits for its rows. */
export const DOWNLOAD_WAIT_MS = 600_000;

/** The columns of a source. @param computed names of those that are not stored */
export const rowColumns = ({ columns, key }: RowSource, computed: readonly string[]): RowColumn[] =>
  columns.map((column: MartColumn) => ({
    name: column.name,
    type: column.type,
    unit: column.unit ?? null,
    description: column.description ?? null,
    is_key: key.includes(column.name),
    is_computed: computed.includes(column.name),
    tests: testsOf(column),
  }));

/** Answers with the page of rows that a request asks for. */
export async function answerRows(
  context: Context,
  tables: RowTables,
  source: RowSource,
  columns: readonly RowColumn[],
  choice: RowChoice,
): Promise<Response> {
  const { page, size: limit, sort, desc } = rowQuerySchema.parse(context.req.query());
  const order = { sort, desc: desc === 'true', limit };
  const answer = await tables.read(
    source,
    async (rows) => {
      const found = await readRowPage(rows, source, choice, { ...order, first: (page - 1) * limit });
      const pages = Math.max(1, Math.ceil(found.total / limit));
      if (page <= pages) return { ...found, page, pages };
      return {
        ...(await readRowPage(rows, source, choice, { ...order, first: (pages - 1) * limit })),
        page: pages,
        pages,
      };
    },
    { waitMs: WAIT_MS, signal: context.req.raw.signal },
  );
  if ('progress' in answer) return context.json<RowsPreparing>({ preparing: answer.progress }, 202);
  const { result, state, isCurrent: is_current } = answer;
  return context.json<RowsPage>({ preparing: null, columns, ...result, state, is_current });
}

/** Streams all chosen rows as CSV. The connection breaks off if they cannot be read to the end. */
export async function answerCsv(
  context: Context,
  tables: RowTables,
  source: RowSource,
  choice: RowChoice,
): Promise<Response> {
  const { sort, desc } = rowQuerySchema.parse(context.req.query());
  requireColumn(source, sort);
  const { signal } = context.req.raw;
  const options = { waitMs: DOWNLOAD_WAIT_MS, signal };
  // Faults that are known by now have a status.
  const ready = await tables.read(source, async () => undefined, options);
  if ('progress' in ready)
    throw new DeploymentError(`the rows of ${source.name} are not ready yet: try again later`);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  tables
    .read(
      source,
      async (rows) => {
        const pages = streamRows(rows, source, choice, { sort, desc: desc === 'true' });
        for await (const text of rowCsv(source.columns, pages)) await writer.write(encoder.encode(text));
        await writer.close();
      },
      options,
    )
    .catch((error: unknown) => writer.abort(error).catch(() => {}));
  return context.body(readable, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}
