import { archiveKey, rejectedKey, rejectedRowsKey } from '../../domain/object-keys';
import type { BatchFile, ValidatedFile } from '../../domain/workflow';
import type { InvalidFile, Verdict } from './verdict';

/** Of a file that was not read. */
export type Unread = Exclude<ValidatedFile['outcome'], 'valid' | 'invalid'>;

/** What becomes of a file, as the results tell it. @param rowsKey where its good rows lie, if it has any */
export function describeFile(
  executionId: string,
  file: BatchFile,
  verdict: Verdict | Unread,
  rowsKey: string | undefined,
): ValidatedFile {
  const base = { key: file.key, etag: file.etag, uploaded_at: file.uploaded_at, bytes: file.size };
  if (typeof verdict === 'string') {
    const unread = { ...base, outcome: verdict, rows: 0, bad_rows: 0, extra_columns: [] };
    if (verdict !== 'duplicate') return unread;
    return { ...unread, destination: archiveKey(executionId, file.key), duplicate_of: file.duplicate_of };
  }
  const { outcome, kind, badRows, extraColumns, rejectedRowsPath } = verdict;
  const found = {
    ...base,
    outcome,
    ...(kind && { kind }),
    bad_rows: badRows,
    extra_columns: [...extraColumns],
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

/** The `.reason.json` beside an invalid file, for the person who sent it. */
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
