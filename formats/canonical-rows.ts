import { rm } from 'node:fs/promises';
import type { Contract } from '../domain/contract';
import type { HeaderMatch } from '../domain/header-match';
import { MAX_PIECES } from '../domain/quantity';
import type { RowGuard } from '../domain/row-guards';
import { quoteIdentifier, quoteLiteral } from '../engine/duckdb/quote';
import type { DuckDb } from '../engine/duckdb/session';
import { fill } from '../engine/duckdb/sql';
import canonicalFilesSql from './canonical-files.sql';
import canonicalRowsSql from './canonical-rows.sql';
import { canonicalValue, isAlwaysCanonical, isMissing } from './canonical-values';
import type { InputFile, PlainRows } from './input-file';
import remainingLinesSql from './remaining-lines.sql';
import { nameList, ROWS_FORMAT, selectList, sqlType, uploadTime } from './typed-columns';

/** Line numbers are held in memory. With more lines that are not canonical, files are read row by row. */
const MAX_REMAINING_LINES = 1_000_000;

/** Errors of the query itself, not caused by a file. */
const SQL_ERRORS = /\b(Parser|Binder|Catalog) Error:/;

/** One file of a {@link CanonicalRows}. */
export interface CanonicalFile {
  /** The row number of its first row. */
  readonly firstRow: number;
  /** Accepted rows. */
  readonly rows: number;
  /** The physical lines of rows that were not accepted, in order. */
  readonly remaining: readonly number[];
}

/** A file that need not be read row by row. */
export type PlainFile = InputFile & { readonly plain: PlainRows };

/** The typed rows of plain files of one shape. */
export interface CanonicalRows {
  /** The Parquet file that canonical-rows.sql writes. */
  readonly path: string;
  /** In file order. */
  readonly files: readonly CanonicalFile[];
}

/**
 * Types the rows of plain files in DuckDB, about twenty times as fast as in JavaScript. Accepts only rows whose cells all have
 * the most common forms; the rules of domain/ decide on every other line.
 *
 * @param files of the same shape, each with at least one row
 * @param first the value of column `file` for the first file; the others follow
 * @param path of the Parquet file to write
 * @returns undefined if the files must be read row by row
 */
export async function readCanonicalRows(
  db: DuckDb,
  files: readonly PlainFile[],
  first: number,
  path: string,
): Promise<CanonicalRows | undefined> {
  const [{ header, plain }] = files as readonly [PlainFile];
  const paths = files.map((file) => file.path);
  for (const cells of plain.cellQueries(paths, first)) {
    try {
      await db.run(canonicalSql(header, cells, path), { ...originOf(files), ...plain.parameters });
      const found = await canonicalFiles(db, files, path, first);
      if (found) return { path, files: found };
    } catch (error) {
      // Errors that a file causes, down to the flags of its gzip header, are reported by reading row by row.
      if (SQL_ERRORS.test(`${error}`)) throw error;
    }
  }
  await rm(path, { force: true });
  return undefined;
}

/** The output of canonical-rows.sql, as a relation with `file_row_number`. */
export const canonicalRelation = (path: string): string =>
  `read_parquet(${quoteLiteral(path)}, file_row_number = true)`;

function originOf([file, ...others]: readonly PlainFile[]): {
  key: string | null;
  uploaded_at: string | null;
} {
  if (!file || others.length > 0) return { key: null, uploaded_at: null };
  return { key: file.origin.key, uploaded_at: uploadTime(file.origin) };
}

function canonicalSql({ contract, guards }: HeaderMatch, cells: string, path: string): string {
  const quantity = quantityColumns(contract);
  const accepted = contract.columns.map((column, at) => {
    const name = quoteIdentifier(column.name);
    if (column.required) return `${name} is not null`;
    if (isAlwaysCanonical(column, contract)) return undefined;
    return `(${name} is not null or ${isMissing(`_c${at}`, column.type)})`;
  });
  return fill(canonicalRowsSql, {
    cells,
    path: quoteLiteral(path),
    format: ROWS_FORMAT,
    columns: selectList(contract, (at, column) => canonicalValue(`_c${at}`, column, contract)),
    names: quantity.names,
    accepted: [
      ...accepted.filter((condition) => condition !== undefined),
      ...quantity.accepted,
      ...guards.map((guard, at) => unguarded(guard, `_c${contract.columns.length + at}`)),
    ].join('\n    and '),
  });
}

/** The condition that a cell is in the most common form of those that a guard lets pass. */
const unguarded = (guard: RowGuard, cell: string): string => {
  switch (guard.rule) {
    case 'leaveOut':
    case 'deleted':
      // Case and white space of other characters are not the same everywhere.
      return `regexp_full_match(${cell}, '[ -~]*') and lower(trim(${cell}, ' ')) not in (${guard.values.map(quoteLiteral).join(', ')})`;
    case 'flag':
      return `${cell} in ('', 'false', 'False', 'FALSE', '0', 'f')`;
    case 'pieces':
      return `${cell} in ('', '0', '1')`;
  }
};

/** The names of the columns, with the price of a piece replaced by that of all pieces, and the condition that both are valid. */
function quantityColumns(contract: Contract): {
  readonly names: string;
  readonly accepted: readonly string[];
} {
  const { columns, quantity } = contract;
  if (!quantity?.price) return { names: nameList(contract), accepted: [] };
  const pieces = quoteIdentifier(quantity.column);
  const price = quoteIdentifier(quantity.of);
  const isValid = `(${pieces} is null or ${pieces} between -${MAX_PIECES} and ${MAX_PIECES})`;
  if (quantity.price === 'line') return { names: nameList(contract), accepted: [isValid] };
  const total =
    `case when ${pieces} is null then ${price} ` +
    `else try_cast(${price} * try_cast(${pieces} as decimal(8, 0)) as ${sqlType('money')}) end`;
  return {
    names: columns
      .map(({ name }) => (name === quantity.of ? `${total} as ${price}` : quoteIdentifier(name)))
      .join(', '),
    accepted: [isValid, `(${price} is null or (${total}) is not null)`],
  };
}

/** @returns undefined if DuckDB found other lines than the scan, or too many that are not canonical */
async function canonicalFiles(
  db: DuckDb,
  files: readonly PlainFile[],
  path: string,
  first: number,
): Promise<CanonicalFile[] | undefined> {
  const rows = canonicalRelation(path);
  const found = await db.rows<{ first_row: string; lines: string; accepted: string; together: boolean }>(
    fill(canonicalFilesSql, { rows }),
  );
  const asScanned = files.every(
    ({ plain }, at) => found[at]?.together && Number(found[at].lines) === plain.rows,
  );
  if (found.length !== files.length || !asScanned) return undefined;
  const left = found.reduce((sum, { lines, accepted }) => sum + Number(lines) - Number(accepted), 0);
  if (left > MAX_REMAINING_LINES) return undefined;
  const result = found.map(({ first_row, accepted }) => ({
    firstRow: Number(first_row),
    rows: Number(accepted),
    remaining: [] as number[],
  }));
  if (left > 0) {
    const reader = await db.connection.runAndReadAll(fill(remainingLinesSql, { rows }));
    const [numbers = [], rowNumbers = [], lines = []] = reader.getColumns();
    for (const [at, rowNumber] of rowNumbers.entries()) {
      const file = result[Number(numbers[at]) - first];
      const firstLine = files[Number(numbers[at]) - first]?.plain.firstLine ?? 1;
      const line = lines[at] ?? null;
      file?.remaining.push(line === null ? Number(rowNumber) - file.firstRow + firstLine : Number(line));
    }
  }
  return result;
}
