import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { maintainResultKey } from '../domain/object-keys';
import type { MaintainedTable } from '../domain/workflow';
import { connect, disconnect } from '../operations/deployment';
import { removedAtInterruption } from './lake-session';
import { withProgress } from './progress';
import { formatBytes, formatTable, printable } from './table';

export function maintainCommand(): Command {
  return new Command('maintain')
    .description('run the daily maintenance of the lake now, on this computer')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Compacts small files, writes checkpoints, and deletes data that no table needs any more: data files after 7 days
(FILE_RETENTION_DAYS), log entries after 30 (LOG_RETENTION_DAYS). It is safe to run during an execution.

Example:
  $ daybook maintain`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withProgress('maintaining the lake', { json }, runMaintain);
      process.stdout.write(
        json
          ? `${JSON.stringify(result)}\n`
          : `${formatTables(result.tables)}${result.rows_deleted} row files deleted\n`,
      );
    });
}

async function runMaintain() {
  const deployment = await connect();
  const workDirectory = await mkdtemp(path.join(tmpdir(), 'daybook-maintain-'));
  try {
    // Loads DuckDB only in the commands that need it.
    const { DuckDb } = await import('../engine/duckdb/session');
    const { s3Bucket } = await import('../storage/s3-bucket');
    const { loadConfig } = await import('../runtime/config');
    const { MAINTAIN_VARIABLES } = await import('../tasks/maintain/config');
    const { run } = await import('../tasks/maintain/maintain');
    const { withResultAt } = await import('../runtime/task-result');
    const { catalog } = await import('../catalog/catalog');
    const say = (message: string) => process.stderr.write(`${printable(message)}\n`);
    const deps = {
      catalog,
      bucket: s3Bucket(deployment.s3, deployment.bucket),
      openDuckDb: () => DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb') }),
      workDirectory,
      clock: () => new Date(),
      logger: { info() {}, warn: say, error: say },
      metrics: { emit() {} },
      config: loadConfig(process.env, MAINTAIN_VARIABLES),
    };
    return await removedAtInterruption(workDirectory, () =>
      withResultAt(maintainResultKey(deps.clock()), { task: 'maintain' as const }, deps, () => run(deps)),
    );
  } finally {
    disconnect(deployment);
    await rm(workDirectory, { recursive: true, force: true });
  }
}

function formatTables(tables: readonly MaintainedTable[]): string {
  return formatTable(
    [
      { heading: 'table', text: ({ table }) => table },
      {
        heading: 'version',
        right: true,
        text: ({ version }) => (version === null ? 'none' : String(version)),
      },
      {
        heading: 'compacted',
        right: true,
        text: ({ compaction }) => `${compaction.files_removed} to ${compaction.files_added}`,
      },
      { heading: 'checkpoint', right: true, text: ({ checkpoint }) => String(checkpoint ?? '') },
      { heading: 'files deleted', right: true, text: ({ files_deleted }) => String(files_deleted) },
      { heading: 'size', right: true, text: ({ bytes_deleted }) => formatBytes(bytes_deleted) },
      { heading: 'log deleted', right: true, text: ({ log_objects_deleted }) => String(log_objects_deleted) },
    ],
    tables,
  );
}
