import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { catalog } from '../catalog/catalog';
import { duckDbType } from '../lake/schema';
import { visibleColumns } from '../lake/table-spec';
import { connect, disconnect } from '../operations/deployment';
import type { QueryResult, QueryRow } from '../operations/lake/query/query';
import { formatCsv, isNumberType } from './csv';
import { CommandFailure } from './failure';
import { withLakeSession } from './lake-session';
import { wholeNumber } from './numbers';
import { formatParts, withProgress } from './progress';
import { formatTable } from './table';

interface Options {
  readonly tables?: boolean;
  readonly limit: number;
  readonly timeout: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** Approximate maximum size of a result. */
const MAX_BYTES = 500_000_000;

export function queryCommand(): Command {
  return new Command('query')
    .description('run read-only SQL over the tables of the lake')
    .argument('[sql]', 'one SELECT in DuckDB SQL; - or nothing reads it from standard input')
    .option('--tables', 'list the tables and their columns instead')
    .option('--limit <rows>', 'maximum number of rows', wholeNumber(1, 10_000_000), 1_000)
    .option('--timeout <seconds>', 'timeout of the query, not counting downloads', wholeNumber(1, 86_400), 30)
    .addOption(new Option('--csv', 'print as CSV').conflicts('json'))
    .option('--json', 'print as JSON; large integers, decimals and times as exact strings')
    .addHelpText(
      'after',
      `
The tables are products, orders and order_items, with all rows as they were uploaded, and order_kpis and category_kpis, each
at its newest version. The data that the query reads is downloaded to a temporary directory, which is deleted afterwards.
The query cannot read other files, use the network, or change anything.

Examples:
  $ daybook query "select status, count(*) from orders group by all"
  $ daybook query --csv --limit 1000000 "from order_items where year = '2025'" > items.csv
  $ daybook query --tables
  $ daybook query < monthly.sql`,
    )
    .action(async (sql: string | undefined, options: Options, command: Command) => {
      if (options.tables) {
        process.stdout.write(describeTables(options));
        return;
      }
      if (sql === undefined && process.stdin.isTTY) command.error('error: no SQL given');
      const result = await run(sql === undefined || sql === '-' ? await text(process.stdin) : sql, options);
      process.stdout.write(format(result, options));
      if (result.truncated && !options.json) {
        process.stderr.write(`showing the first ${result.rows.length} rows; increase --limit for more\n`);
      }
    });
}

async function run(sql: string, { limit, timeout, json }: Options): Promise<QueryResult> {
  const deployment = await connect();
  try {
    return await withProgress('querying the lake', { json }, ({ update }) =>
      withLakeSession(deployment, async (session) => {
        const { queryLake } = await import('../operations/lake/query/query');
        return queryLake(session, sql, {
          maxRows: limit,
          maxBytes: MAX_BYTES,
          timeoutMs: timeout * 1000,
          onProgress: ({ files, filesLoaded, bytes, bytesLoaded }) =>
            update(filesLoaded < files ? formatParts(filesLoaded, files, bytesLoaded, bytes) : ''),
        });
      }),
    );
  } catch (error) {
    if (error instanceof Error && 'failure' in error && error.failure === 'timeout') {
      throw new CommandFailure(`${error.message} (--timeout)`);
    }
    throw error;
  } finally {
    disconnect(deployment);
  }
}

function format({ columns, rows, truncated, tables, seconds }: QueryResult, { csv, json }: Options): string {
  if (json) return `${JSON.stringify({ columns, rows, truncated, tables, seconds })}\n`;
  if (csv) return formatCsv(columns, rows);
  return formatTable(
    columns.map(({ name, type }, index) => ({
      heading: name,
      right: isNumberType(type),
      text: (row: QueryRow) => String(row[index] ?? ''),
    })),
    rows,
  );
}

function describeTables({ json, csv }: Options): string {
  const tables = catalog.tables.map((spec) => ({
    name: spec.name,
    columns: visibleColumns(spec).map((column) => ({ name: column.name, type: duckDbType(column.type) })),
  }));
  if (json) return `${JSON.stringify({ tables })}\n`;
  const rows = tables.flatMap(({ name, columns }) =>
    columns.map((column) => ({ table: name, column: column.name, type: column.type })),
  );
  const headings = ['table', 'column', 'type'] as const;
  if (csv) {
    return formatCsv(
      headings.map((name) => ({ name, type: 'VARCHAR' })),
      rows.map((row) => headings.map((name) => row[name])),
    );
  }
  return formatTable(
    headings.map((heading) => ({ heading, text: (row: (typeof rows)[number]) => row[heading] })),
    rows,
  );
}
