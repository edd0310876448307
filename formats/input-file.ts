import type { Contract } from '../domain/contract';
import type { Remedy } from '../domain/declare';
import type { FileFault } from '../domain/file-rules';
import type { HeaderMatch } from '../domain/header-match';
import type { RowFault } from '../domain/row-rules';
import type { UnpackLimits } from './packaging/read-text';
import type { RowSource } from './typed-columns';

/** An input file on local disk. Files derived from it have its path plus a suffix. */
export interface LocalFile extends RowSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface InspectionRules extends UnpackLimits {
  /** The possible kinds of files. */
  readonly contracts: readonly Contract[];
}

export type Inspection = { readonly file: InputFile } | { readonly fault: FileFault };

/** A row as text, whatever the format of its file; the rules of domain/ decide about it. */
export interface InputRow {
  /** In the order of the header; empty: no value. */
  readonly cells: readonly string[];
  /** The physical line in which it starts, the first line of the file being 1; the number of the row in a Parquet file. */
  readonly line: number;
  /** `toString` gives its unchanged text without the line ending; valid only until the batch has been processed. */
  readonly raw: { toString(): string };
  /** Why its cells cannot be told. */
  readonly fault?: RowFault;
  /** If it is bad: the line that the contract lacks, as far as the place of the row in the file tells. */
  readonly remedy?: Remedy;
}

/** Receives rows in batches; the next batch waits for it. */
export type OnRows = (rows: readonly InputRow[]) => Promise<void> | void;

/** A file that can be read and has the header of one kind; its rows have not been read. */
export interface InputFile {
  readonly origin: RowSource;
  /** The path on local disk of what is read, which may be a copy in another form. */
  readonly path: string;
  readonly header: HeaderMatch;
  /** Undefined for a file that must be read row by row. */
  readonly plain?: PlainRows;
  /**
   * Reads all rows in order.
   * @returns the fault of a file that cannot be read to its end; the rows before it have been passed on
   */
  readRows(onRows: OnRows): Promise<FileFault | undefined>;
}

/** The rows of a file in a form in which DuckDB finds the same cells as `readRows`. */
export interface PlainRows {
  /** Equal for files that one query can read together. */
  readonly shape: string;
  readonly rows: number;
  /** The physical line of the first row. */
  readonly firstLine: number;
  /** True if the queries give the line of every row; otherwise one row follows the other line by line. */
  readonly isNumbered: boolean;
  /**
   * Queries that give the cells of files of this shape, the fastest first; a query may fail for a file that the next one can read.
   * Their rows are in the order of files and lines, with the columns `_file`, the number of the file; `_line`, its physical line
   * or null; `_c0`, `_c1`, ..., the cells of the contract's columns and of the guards as text; and `_complete`, true if the row has as
   * many cells as the header.
   * @param first the number of the first file; the others follow
   */
  cellQueries(paths: readonly string[], first: number): string[];
  /** What each of these queries binds, beside `key` and `uploaded_at`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Reads the rows on these lines, which are in ascending order. @returns like `readRows` */
  readLines(lines: readonly number[], onRows: OnRows): Promise<FileFault | undefined>;
}
