import { archiveKey, rejectedKey, rejectedRowsKey } from '../../domain/object-keys';
import type { BatchFile, ValidatedFile } from '../../domain/workflow';
import type { InvalidFile, Verdict } from './verdict';

/** The outcome of a file that was not read. */
export type SkippedOutcome = Exclude<ValidatedFile['outcome'], 'valid' | 'invalid'>;

/** The entry of a file in the result. @param rowsKey key of its good rows, if it has any */
export function describeFile(
  executionId: string,
  file: BatchFile,
  verdict: Verdict | SkippedOutcome,
  rowsKey: string | undefined,
): ValidatedFile {
  const base = { key: file.key, etag: file.etag, uploaded_at: file.uploaded_at, bytes: file.size };
  if (typeof verdict === 'string') {
    const skipped = { ...base, outcome: verdict, rows: 0, bad_rows: 0, extra_columns: [] };
    if (verdict !== 'duplicate') return skipped;
    return { ...skipped, destination: archiveKey(executionId, file.key), duplicate_of: file.duplicate_of };
  }
  const { outcome, kind, badRows, extraColumns, missingColumns, rejectedRowsPath } = verdict;
  const found = {
    ...base,
    outcome,
    ...(kind && { kind }),
    bad_rows: badRows,
    extra_columns: [...extraColumns],
    ...(missingColumns.length > 0 && { missing_columns: [...missingColumns] }),
    ...(rejectedRowsPath && { rejected_rows_key: rejectedRowsKey(rejectedKey(executionId, file.key)) }),
  };
  if (verdict.outcome === 'invalid') {
    const reason = `${verdict.fault.reason}; ${verdict.fault.remedy}`;
    return { ...found, rows: 0, reason, destination: rejectedKey(executionId, file.key) };
  }
  return {
    ...found,
    rows: verdict.rows,
    ...(rowsKey && { rows_key: rowsKey }),
    destination: archiveKey(executionId, file.key),
  };
}

/** The content of the `.reason.json` next to an invalid file, for the person who uploaded it. */
export function reasonReport(executionId: string, file: BatchFile, { kind, fault }: InvalidFile): object {
  const { reason, remedy, line, details = [] } = fault;
  return {
    key: file.key,
    reason,
    remedy,
    kind,
    line,
    details,
    execution_id: executionId,
    uploaded_at: file.uploaded_at,
    etag: file.etag,
    bytes: file.size,
  };
}
