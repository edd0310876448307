/** What would happen to a file, for people and programs. This file contains only types. */

import type { Declaration } from '../../domain/declare';
import type { FileForm } from '../../domain/file-form';

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
