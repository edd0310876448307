import type { FileFault } from '../../domain/file-rules';

/**
 * `plain`: read by DuckDB, except for the lines it cannot read. `exact`: read row by row. Both give the same rows. `mapped`: read
 * row by row, and mapped by SQL. `events`: each row is an event, which is normalised.
 */
export type Reader = 'plain' | 'exact' | 'mapped' | 'events';

/** Good rows of one kind that a source's file gave. */
export interface KindRows {
  readonly kind: string;
  readonly rows: number;
  /** Rows that the contract of the kind leaves out. */
  readonly leftOut: number;
  /** Those of `rows` that delete their key. */
  readonly deleted: number;
  /** Local path of them as Parquet, if there are any. */
  readonly rowsPath?: string;
}

export interface RowFindings {
  readonly badRows: number;
  readonly extraColumns: readonly string[];
  /** Optional columns that the file lacks, and those of conditions. */
  readonly missingColumns: readonly string[];
  /** Rows that the contract leaves out. */
  readonly leftOutRows: number;
  /** Columns that the file has under an alias. */
  readonly renamedColumns?: readonly string[];
  readonly isReordered?: boolean;
  /** Local path of the bad rows as CSV, if there are any. */
  readonly rejectedRowsPath?: string;
}

export interface ValidFile extends RowFindings {
  readonly outcome: 'valid';
  readonly kind: string;
  readonly reader: Reader;
  readonly rows: number;
  /** Those of `rows` that delete their key. */
  readonly deletedRows: number;
  /** Local path of the good rows as Parquet, if there are any; several files can share it. */
  readonly rowsPath?: string;
  /** For the file of a source or of events, instead of `rowsPath`: its rows by kind. */
  readonly mapped?: readonly KindRows[];
}

export interface InvalidFile extends RowFindings {
  readonly outcome: 'invalid';
  readonly kind?: string;
  readonly fault: FileFault;
}

export type Verdict = ValidFile | InvalidFile;

export function invalid(
  fault: FileFault,
  findings: Partial<RowFindings> & { readonly kind?: string } = {},
): InvalidFile {
  const kind = findings.kind ?? fault.kind;
  return {
    outcome: 'invalid',
    badRows: 0,
    extraColumns: [],
    missingColumns: [],
    leftOutRows: 0,
    ...findings,
    ...(kind && { kind }),
    fault,
  };
}
