import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rowsKey, taskResultKey } from '../../domain/object-keys';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { deltaType, duckDbType } from '../../lake/schema';
import type { TaskPipeline } from './task-pipeline';
import type { Cells } from './test-lake';

export interface StagedFile {
  readonly kind: string;
  /** By column, as text; `_deleted` is true in a row that deletes its key. */
  readonly rows: readonly (Cells & { readonly _deleted?: 'true' })[];
  /** Epoch milliseconds. */
  readonly uploadedAt: number;
  readonly key?: string;
}

/**
 * Stages files as validate would have written their rows, and refreshes the KPIs.
 * @returns the execution's id
 */
export async function stageRows(pipeline: TaskPipeline, files: readonly StagedFile[]): Promise<string> {
  const executionId = pipeline.nextExecutionId;
  const validated = [];
  for (const [index, file] of files.entries()) {
    const key = file.key ?? `input/${file.kind}-${file.uploadedAt}.csv`;
    const rows_key = rowsKey(executionId, file.kind, index);
    await writeRows(pipeline, { ...file, key }, rows_key);
    const uploaded_at = new Date(file.uploadedAt).toISOString();
    const counts = { bytes: 1, rows: file.rows.length, bad_rows: 0, extra_columns: [] };
    validated.push({ key, etag: key, uploaded_at, outcome: 'valid', kind: file.kind, rows_key, ...counts });
    pipeline.now = Math.max(pipeline.now, file.uploadedAt);
  }
  const { length } = files;
  const counts = { files: length, valid: length, invalid: 0, gone: 0, replaced: 0, rows: 0, bad_rows: 0 };
  const base = { execution_id: executionId, status: 'succeeded', started_at: '', duration_ms: 0 };
  await pipeline.bucket.put(
    taskResultKey(executionId, 'validate'),
    JSON.stringify({ ...base, task: 'validate', counts, files: validated }),
  );
  return pipeline.executeBatch([], undefined, 1, ['stage', 'transform']);
}

async function writeRows(
  pipeline: TaskPipeline,
  { kind, rows, key, uploadedAt }: Required<StagedFile>,
  rowsKeyOfFile: string,
): Promise<void> {
  const { columns } = pipeline.catalog.contract(kind);
  const deletes = rows.some(({ _deleted }) => _deleted);
  const typed = [
    ...columns.map(({ name, type }) => ({ name, type: duckDbType(deltaType(type)) })),
    ...(deletes ? [{ name: '_deleted', type: 'boolean' }] : []),
  ];
  const members = Object.fromEntries([...typed.map(({ name }) => [name, 'VARCHAR']), ['line', 'BIGINT']]);
  const casts = typed.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `cast(${column} as ${type}) as ${column}`;
  });
  await pipeline.withLake(async ({ db, workDirectory }) => {
    const directory = mkdtempSync(path.join(workDirectory, 'rows-'));
    const local = path.join(directory, 'rows.parquet');
    const lineage = `${quoteLiteral(key)} as _source_key, make_timestamptz(${uploadedAt}000) as _source_modified_at, line as _source_line`;
    await db.run(
      `copy (select ${casts.join(', ')}, ${lineage} from (select unnest(from_json($rows, ${quoteLiteral(JSON.stringify([members]))}), max_depth := 2))) to ${quoteLiteral(local)} (format parquet)`,
      { rows: JSON.stringify(rows.map((row, at) => ({ ...row, line: at + 2 }))) },
    );
    await pipeline.bucket.upload(rowsKeyOfFile, local);
    rmSync(directory, { recursive: true });
  });
}
