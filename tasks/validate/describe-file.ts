import { archiveKey, rejectedKey, rejectedRowsKey } from '../../domain/object-keys';
import type { BatchFile, RowsOfKind, ValidatedFile } from '../../domain/workflow';
import type { InvalidFile, KindRows, Verdict } from './verdict';

/** The outcome of a file that was not read. */
export type SkippedOutcome = Exclude<ValidatedFile['outcome'], 'valid' | 'invalid'>;

/**
 * The entry of a file in the result.
 * @param rowsKey key of its good rows, if it has any
 * @param mappedKeys keys of its good rows by kind, for the file of a source
 */
export function describeFile(
  executionId: string,
  file: BatchFile,
  verdict: Verdict | SkippedOutcome,
  rowsKey: string | undefined,
  mappedKeys: ReadonlyMap<string, string> = new Map(),
): ValidatedFile {
  const base = { key: file.key, etag: file.etag, uploaded_at: file.uploaded_at, bytes: file.size };
  if (typeof verdict === 'string') {
    const skipped = { ...base, outcome: verdict, rows: 0, bad_rows: 0, extra_columns: [] };
    if (verdict !== 'duplicate') return skipped;
    return { ...skipped, destination: archiveKey(executionId, file.key), duplicate_of: file.duplicate_of };
  }
  const { outcome, kind, badRows, extraColumns, missingColumns, leftOutRows, rejectedRowsPath } = verdict;
  const { renamedColumns = [], isReordered = false } = verdict;
  const found = {
    ...base,
    outcome,
    ...(kind && { kind }),
    bad_rows: badRows,
    extra_columns: [...extraColumns],
    ...(leftOutRows > 0 && { left_out_rows: leftOutRows }),
    ...(missingColumns.length > 0 && { missing_columns: [...missingColumns] }),
    ...(renamedColumns.length > 0 && { renamed_columns: [...renamedColumns] }),
    ...(isReordered && { reordered_columns: true }),
    ...(rejectedRowsPath && { rejected_rows_key: rejectedRowsKey(rejectedKey(executionId, file.key)) }),
  };
  if (verdict.outcome === 'invalid') {
    const reason = `${verdict.fault.reason}; ${verdict.fault.remedy}`;
    return { ...found, rows: 0, reason, destination: rejectedKey(executionId, file.key) };
  }
  return {
    ...found,
    rows: verdict.rows,
    ...(verdict.deletedRows > 0 && { deleted_rows: verdict.deletedRows }),
    ...(rowsKey && { rows_key: rowsKey }),
    ...(verdict.mapped && { mapped: verdict.mapped.map((rows) => describeRows(rows, mappedKeys)) }),
    destination: archiveKey(executionId, file.key),
  };
}

function describeRows({ kind, rows }: KindRows, keys: ReadonlyMap<string, string>): RowsOfKind {
  const key = keys.get(kind);
  return { kind, rows, ...(key && { rows_key: key }) };
}

/** The content of the `.reason.json` next to an invalid file, for the person who uploaded it. */
export function reasonReport(executionId: string, file: BatchFile, { kind, fault }: InvalidFile): object {
  const { reason, remedy, line, details = [], declarations, isUnknown } = fault;
  return {
    key: file.key,
    reason,
    remedy,
    kind,
    line,
    details,
    declarations,
    is_unknown: isUnknown,
    execution_id: executionId,
    uploaded_at: file.uploaded_at,
    etag: file.etag,
    bytes: file.size,
  };
}
