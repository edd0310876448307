import type { Catalog } from '../../catalog/catalog';
import { dayColumn, type Mart, type MartColumn } from '../../domain/mart';
import type { SqlValue } from '../../engine/duckdb/session';
import { readColumns } from './choice';

/** Rows that can be paged through: those of a mart, or of a query over marts and kinds. */
export interface RowSource {
  /** Identifies the rows: two sources with one id have the same rows at the same versions of their tables. */
  readonly id: string;
  /** For messages. */
  readonly name: string;
  readonly columns: readonly MartColumn[];
  /** Identifies a row, and orders rows that are equal otherwise. */
  readonly key: readonly string[];
  /** The column of the rows' day, if they have one. */
  readonly day?: string | undefined;
  readonly reads: readonly SourceRead[];
  /** A query that gives `columns`; it reads `reads` by their names. Without one the rows are those of the only read. */
  readonly sql?: string | undefined;
  /** Values that the query binds. */
  readonly bound?: Readonly<Record<string, SqlValue>> | undefined;
}

/** A kind or a mart that the query of a source reads. */
export interface SourceRead {
  readonly name: string;
  readonly columns: readonly string[];
  /** The mart with the columns of its view; otherwise only what is stored. */
  readonly withView?: true;
}

/** The rows of a mart, with the columns of its view. @throws UnknownDefinitionError for a mart whose view reads what there is not */
export function martSource(catalog: Catalog, mart: Mart): RowSource {
  const { name, key, view } = mart;
  const stored = { name, columns: mart.columns.map((column) => column.name) };
  const others = (view?.reads ?? []).map((read) => ({ name: read, columns: columnsOf(catalog, read) }));

  return {
    id: name,
    name,
    columns: readColumns(mart),
    key,
    day: dayColumn(mart),
    reads: [stored, ...others],
    sql: view?.sql,
  };
}

/** The columns of a kind or a mart that queries can read; those of a mart's view are not among them. */
export function columnsOf(catalog: Catalog, name: string): string[] {
  const of = catalog.marts.find((mart) => mart.name === name) ?? catalog.contract(name);
  return of.columns.map((column) => column.name);
}
