import { quoteList, quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb, SqlRow } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import schemaNamesSql from './schema-names.sql';

/** A column at the top level of a Parquet file. */
export interface ParquetColumn {
  /** As in the file. */
  readonly name: string;
  /** In SQL: DuckDB renames columns whose names differ only in case. */
  readonly sqlName: string;
  /** DuckDB's type: `DECIMAL(12,2)`, `STRUCT(a INTEGER)[]`. */
  readonly type: string;
}

/** The rows of Parquet files of one schema, as a relation with `file_row_number` and `file_index`. */
export const parquetRelation = (paths: readonly string[]): string =>
  `read_parquet(${quoteList(paths)}, hive_partitioning = false)`;

/** The columns of a Parquet file, in order. @throws DuckDB's error for a file that it cannot read */
export async function readSchema(db: DuckDb, path: string): Promise<ParquetColumn[]> {
  const described = await db.rows<SqlRow & { column_name: string; column_type: string }>(
    `describe select * from ${parquetRelation([path])}`,
  );
  const elements = await db.rows<SqlRow & { name: string; children: string }>(
    fill(schemaNamesSql, { file: quoteLiteral(path) }),
  );
  const names = topLevel(elements.map(({ name, children }) => ({ name, children: Number(children) })));
  if (names.length !== described.length) throw new Error(`Malformed Parquet schema in file ${path}`);
  return described.map(({ column_name, column_type }, at) => ({
    name: names[at] as string,
    sqlName: column_name,
    type: column_type,
  }));
}

/** @param elements the root and its descendants, parents before their children */
function topLevel([root, ...elements]: readonly {
  readonly name: string;
  readonly children: number;
}[]): string[] {
  const names: string[] = [];
  let at = 0;
  for (let left = root?.children ?? 0; left > 0; left -= 1) {
    names.push(elements[at]?.name ?? '');
    // A subtree ends when all announced children have been passed.
    for (let pending = 1; pending > 0 && at < elements.length; at += 1) {
      pending += (elements[at]?.children ?? 0) - 1;
    }
  }
  return names;
}
