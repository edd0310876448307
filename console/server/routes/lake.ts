import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import { type TableSpec, visibleColumns } from '../../../lake/table-spec';
import type { LakeQueryError } from '../../../operations/lake/query/query-error';
import { type LakeReader, newestOf, type OpenLake, snapshotAt } from '../../../operations/lake/reader';
import type { CommitDetail, CommitPage, TableFiles } from '../../../operations/lake/views';
import { atMost } from '../../../storage/parallel';
import type { LakeTables, QueryAnswer, QueryFault, QueryHelp, RowsPreview } from '../../api/lake';
import { BoundedMap } from '../bounded-map';

/** Limits of queries from the page; `daybook query` allows more. */
const LIMITS = { rows: 10_000, seconds: 30, max_seconds: 600, bytes: 10_000_000 };

/** Concurrent queries and previews; others wait. */
const MAX_CONCURRENT = 2;

/** Commits never change, so they are cached. */
const CACHED_COMMITS = 500;

const tableSchema = z.object({ table: z.enum(catalog.tables.map(({ name }) => name)) });
const wholeNumber = z.coerce.number().int().nonnegative();
const pageSchema = z.object({
  before: wholeNumber.optional(),
  limit: wholeNumber.min(1).max(200).default(50),
});
const versionSchema = z.object({ version: wholeNumber });
const filesSchema = versionSchema.partial();
const partitionSchema = z.record(z.string(), z.string().nullable());
const rowsSchema = filesSchema.extend({
  limit: wholeNumber.min(1).max(1000).default(200),
  /** JSON: value by column, null for rows without a value. */
  partition: z
    .string()
    .transform((text, context) => {
      try {
        return partitionSchema.parse(JSON.parse(text));
      } catch {
        context.addIssue('expected a JSON object of strings and nulls');
        return z.NEVER;
      }
    })
    .optional(),
  file: z.string().max(2000).optional(),
});
const querySchema = z.object({
  sql: z.string().max(100_000),
  seconds: z.number().min(1).max(LIMITS.max_seconds).default(LIMITS.seconds),
});

/** Tables, commits, files and rows of the lake, and SQL queries. */
export function lakeRoutes(reader: LakeReader): Hono {
  const inTurn = atMost(MAX_CONCURRENT);
  const commits = new BoundedMap<string, CommitDetail>(CACHED_COMMITS);
  const specOf = (parameters: Record<string, string>): TableSpec => {
    const { table } = tableSchema.parse(parameters);
    return catalog.tables.find(({ name }) => name === table) as TableSpec;
  };
  const commitOf = async ({ lake }: OpenLake, { location }: TableSpec, version: number, table: string) => {
    const { readCommit } = await import('../../../operations/lake/history');
    const key = `${table} ${version}`;
    const commit = commits.get(key) ?? (await readCommit(lake, location, version));
    if (commit) commits.set(key, commit);
    return commit;
  };

  return new Hono()
    .get('/tables', (context) =>
      reader.use(async (open) => {
        const { summarize } = await import('../../../operations/lake/tables');
        const found = await Promise.all(
          catalog.tables.map(async (spec) => {
            const snapshot = await open.snapshots.newest(spec.location);
            if (!snapshot) return undefined;
            const newest = await commitOf(open, spec, snapshot.version, snapshot.metadata.id);
            return summarize(spec, snapshot, newest?.at ?? null);
          }),
        );
        const tables = found.filter((table) => table !== undefined);
        const missing = catalog.tables
          .map(({ name }) => name)
          .filter((name) => !tables.some((t) => t.name === name));
        const answer: LakeTables = { tables, missing };
        return context.json(answer);
      }),
    )
    .get('/tables/:table/commits', (context) => {
      const spec = specOf(context.req.param());
      const { before, limit } = pageSchema.parse(context.req.query());
      return reader.use(async (open) => {
        const { readCommits } = await import('../../../operations/lake/history');
        const newest = await newestOf(open, spec);
        const from = Math.min(before ?? Number.POSITIVE_INFINITY, newest.version + 1);
        const page: CommitPage = await readCommits(open.lake, spec.location, from, limit);
        return context.json(page);
      });
    })
    .get('/tables/:table/commits/:version', (context) => {
      const spec = specOf(context.req.param());
      const { version } = versionSchema.parse(context.req.param());
      return reader.use(async (open) => {
        const newest = await newestOf(open, spec);
        const commit = await commitOf(open, spec, version, newest.metadata.id);
        if (!commit) {
          return context.json(
            { error: `the log of ${spec.name} has no entry ${version}, or no longer has it` },
            404,
          );
        }
        return context.json(commit);
      });
    })
    .get('/tables/:table/files', (context) => {
      const spec = specOf(context.req.param());
      const { version } = filesSchema.parse(context.req.query());
      return reader.use(async (open) => {
        const { viewFiles } = await import('../../../operations/lake/tables');
        const { snapshot } = await snapshotAt(open, spec, version);
        const files: TableFiles = viewFiles(spec, snapshot);
        return context.json(files);
      });
    })
    .get('/tables/:table/rows', (context) => {
      const spec = specOf(context.req.param());
      const { version, ...choice } = rowsSchema.parse(context.req.query());
      return reader.use(async (open, signal) => {
        const { previewRows } = await import('../../../operations/lake/preview');
        const { snapshot, newest } = await snapshotAt(open, spec, version);
        const rows: RowsPreview = await inTurn(() =>
          previewRows(open, spec, snapshot, newest, { ...choice, signal }),
        );
        return context.json(rows);
      }, context.req.raw.signal);
    })
    .get('/query', (context) => {
      const tables = catalog.tables.map((spec) => ({ name: spec.name, columns: visibleColumns(spec) }));
      const help: QueryHelp = { limits: LIMITS, tables };
      return context.json(help);
    })
    .post('/query', async (context) => {
      const { sql, seconds } = querySchema.parse(await context.req.json().catch(() => undefined));
      try {
        return await reader.use(async (open, signal) => {
          const { queryLake } = await import('../../../operations/lake/query/query');
          const limits = { maxRows: LIMITS.rows, maxBytes: LIMITS.bytes, timeoutMs: seconds * 1000 };
          const answer: QueryAnswer = await inTurn(() => queryLake(open, sql, { ...limits, signal }));
          return context.json(answer);
        }, context.req.raw.signal);
      } catch (error) {
        if (!isFault(error)) throw error;
        const fault: QueryFault = { error: error.message, position: error.position ?? null };
        return context.json(fault, 422);
      }
    });
}

/** Checks the name, because the class would load DuckDB. */
const isFault = (error: unknown): error is LakeQueryError =>
  error instanceof Error && error.name === 'LakeQueryError';
