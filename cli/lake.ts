import { Command } from 'commander';
import { connect, disconnect } from '../operations/deployment';
import type { CommitView, TableView } from '../operations/lake/tables';
import { withLakeSession } from './lake-session';
import { wholeNumber } from './numbers';
import { withProgress } from './progress';
import { formatBytes, formatTable } from './table';

/** Maximum log entries read per table. */
const MAX_COMMITS = 1000;

export function lakeCommand(): Command {
  return new Command('lake')
    .description('show the tables of the lake: versions, rows, files, partitions, last commits')
    .option('--commits <n>', 'how many commits of each table to show', wholeNumber(0, MAX_COMMITS), 3)
    .option('--json', 'print as JSON, with every partition')
    .addHelpText('after', '\nExample:\n  $ daybook lake --commits 10')
    .action(async ({ commits, json }: { commits: number; json?: boolean }) => {
      const deployment = await connect();
      try {
        const tables = await withProgress('reading the tables’ logs', { json }, () =>
          withLakeSession(deployment, async ({ lake }) => {
            const { viewTables } = await import('../operations/lake/tables');
            return viewTables(lake, commits);
          }),
        );
        process.stdout.write(json ? `${JSON.stringify({ tables })}\n` : formatTables(tables));
      } finally {
        disconnect(deployment);
      }
    });
}

function formatTables(tables: readonly TableView[]): string {
  const count = (n: number | null) => (n === null ? '?' : String(n));
  const maxFiles = ({ partitions }: TableView) =>
    partitions.reduce((files, partition) => Math.max(files, partition.files), 0);
  const summary = formatTable(
    [
      { heading: 'table', text: ({ location }) => location },
      { heading: 'version', right: true, text: ({ version }) => String(version) },
      { heading: 'rows', right: true, text: ({ rows }) => count(rows) },
      { heading: 'partitions', right: true, text: ({ partitions }) => String(partitions.length) },
      { heading: 'files', right: true, text: ({ files }) => String(files) },
      { heading: 'max per partition', right: true, text: (table) => String(maxFiles(table)) },
      { heading: 'size', right: true, text: ({ bytes }) => formatBytes(bytes) },
    ],
    tables,
  );
  const commits = tables.flatMap(({ location, last_commits }) =>
    last_commits.map((commit) => ({ location, ...commit })),
  );
  const history = formatTable(
    [
      { heading: 'table', text: ({ location }) => location },
      { heading: 'version', right: true, text: ({ version }) => String(version) },
      { heading: 'at', text: ({ at }) => at ?? '' },
      { heading: 'operation', text: ({ operation }) => operation ?? '' },
      { heading: 'rows', text: rowsOf },
      { heading: 'files', text: ({ files_added, files_removed }) => `+${files_added} -${files_removed}` },
    ],
    commits,
  );
  return `tables\n${summary}\nlast commits\n${history}`;
}

/** `3 inserted, 2 updated`; empty for a commit that changed no rows or recorded no counts. */
function rowsOf({ inserted, updated, deleted }: CommitView): string {
  return Object.entries({ inserted, updated, deleted })
    .filter(([, rows]) => rows !== null && rows > 0)
    .map(([what, rows]) => `${rows} ${what}`)
    .join(', ');
}
