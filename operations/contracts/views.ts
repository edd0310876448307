/** Contracts, and what would happen to a file, for people and programs. This file contains only types. */

import type { Declaration } from '../../domain/declare';
import type { FileForm } from '../../domain/file-form';

/** A contract or a source, as a list shows it. */
export interface ListedContract {
  readonly name: string;
  readonly description: string | null;
  readonly key: readonly string[];
  /** Number of columns. */
  readonly columns: number;
  readonly required: readonly string[];
  /** Patterns of file names; a kind without any is found by its name and the header. */
  readonly match: readonly string[];
  /** The kinds that a source gives rows to; none for a kind. */
  readonly maps: readonly string[];
  /** True if its rows are made from events. */
  readonly is_events: boolean;
  /** The file that it is from; null if that is not known. */
  readonly file: string | null;
  readonly hash: string;
}

/** A draft of the contract of a file that no contract describes. */
export interface ContractDraft {
  /** The kind that it names. */
  readonly kind: string;
  /** A contract file, with comments about what a person must decide. */
  readonly yaml: string;
}

/** The rows of one kind that a file gives. */
export interface CheckedTable {
  readonly kind: string;
  /** The hash of the kind's contract. */
  readonly contract: string;
  /** Good rows. */
  readonly rows: number;
  /** `pseudonymized`: its values are shown as hashes, with another key than that of a deployment. */
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly pseudonymized?: boolean;
  }[];
  /** The first good rows as typed, in the order of `columns`; a value is its canonical text. */
  readonly first_rows: readonly (readonly (string | null)[])[];
}

export interface FileCheck {
  readonly name: string;
  readonly outcome: 'accepted' | 'rejected';
  readonly bytes: number;
  /** How it is written. */
  readonly form: FileForm;
  /** The kind, or the source that maps it to kinds; null if the file was rejected before that was known. */
  readonly kind: string | null;
  /** Good rows of all kinds. */
  readonly rows: number;
  readonly bad_rows: number;
  /** Why the file would be rejected as a whole. */
  readonly reason: {
    readonly reason: string;
    readonly remedy: string;
    /** The line of the fault. */
    readonly line: number | null;
    readonly details: readonly string[];
    /** The lines to add to contracts, so that it is accepted. */
    readonly declarations: readonly Declaration[];
    /** No contract describes its columns. */
    readonly is_unknown: boolean;
  } | null;
  /** Columns of the file that are not in the contract. */
  readonly extra_columns: readonly string[];
  /** Optional columns that the file lacks. */
  readonly missing_columns: readonly string[];
  /** Of an accepted file: one, or one per kind that a source maps to. */
  readonly tables: readonly CheckedTable[];
  /** The first bad rows. `column` is empty if the whole row is bad. */
  readonly first_bad_rows: readonly {
    readonly line: number;
    readonly column: string;
    readonly reason: string;
    readonly row: string;
  }[];
}
