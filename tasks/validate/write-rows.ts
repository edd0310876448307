import { type Column, type Contract, DELETED_COLUMN, EXTRA_COLUMN } from '../../domain/contract';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import { columnList, fill } from '../../engine/duckdb/sql';
import { canonicalRelation } from '../../formats/canonical-rows';
import { ROWS_FORMAT, type RowSource, selectList, sqlType, uploadTime } from '../../formats/typed-columns';
import validSourcesSql from './valid-sources.sql';
import writeCanonicalRowsSql from './write-canonical-rows.sql';
import writeRowsSql from './write-rows.sql';
import writeTypedRowsSql from './write-typed-rows.sql';

/** A file with rows to write. */
export interface ValidSource {
  /** The file's number in the tables. */
  readonly file: number;
  readonly origin: RowSource;
  /** The number of its first canonical row, if it has any. */
  readonly firstRow?: number | undefined;
  /** The physical line of that row. */
  readonly firstLine?: number | undefined;
}

const SOURCES = 'valid_sources';

interface RowsToWrite {
  readonly canonical: readonly string[];
  readonly typed: string | undefined;
  readonly deleted?: boolean;
}

/**
 * Writes the good rows of the given files, with their origin, to one Parquet file. Skips rows of other files.
 *
 * @param canonical Parquet files of canonical rows
 * @param typed the table of typed rows
 * @param deleted some of them delete their key: all rows have the column `_deleted`
 */
export async function writeRows(
  db: DuckDb,
  contract: Contract,
  sources: readonly ValidSource[],
  { canonical, typed, deleted = false }: RowsToWrite,
  path: string,
): Promise<void> {
  const rows = sources.map(({ file, origin, firstRow = 0, firstLine = 0 }) => ({
    file,
    key: origin.key,
    uploaded_at: uploadTime(origin),
    first_row: firstRow,
    first_line: firstLine,
  }));
  const more = [
    ...(deleted ? [{ name: DELETED_COLUMN, from: 'deleted', type: 'boolean' }] : []),
    ...(contract.extra === 'keep' ? [{ name: EXTRA_COLUMN, from: 'extra', type: 'varchar' }] : []),
  ];
  await db.run(fill(validSourcesSql, { table: SOURCES }), { sources: JSON.stringify(rows) });
  const selects = canonical.map((file) =>
    fill(writeCanonicalRowsSql, {
      names: [
        columnList(
          contract.columns.map(({ name }) => name),
          'canonical',
        ),
        ...more.map(({ name, type }) => `null::${type} as ${quoteIdentifier(name)}`),
      ].join(', '),
      canonical: canonicalRelation(file),
      sources: SOURCES,
    }),
  );
  if (typed !== undefined) {
    const columns = [
      selectList(contract, typedValue),
      ...more.map(({ name, from }) => `${from} as ${quoteIdentifier(name)}`),
    ].join(',\n    ');
    selects.push(fill(writeTypedRowsSql, { columns, table: typed, sources: SOURCES }));
  }
  const parts = { rows: selects.join('\nunion all\n'), path: quoteLiteral(path), format: ROWS_FORMAT };
  await db.run(fill(writeRowsSql, parts));
}

function typedValue(at: number, { type }: Column): string {
  const cell = quoteIdentifier(`c${at}`);
  // Arithmetic on microseconds is faster than a cast to timestamptz, which uses a calendar and a time zone.
  if (type === 'timestamp') return `make_timestamptz(epoch_us(${cell}::timestamp))`;
  return `${cell}::${sqlType(type)}`;
}
