import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { connect, disconnect } from '../operations/deployment';
import { explainError } from '../operations/errors';
import type { MartView } from '../operations/marts/list';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';
import { formatTable, printable } from './table';

export function martListCommand(): Command {
  return new Command('list')
    .description('list the marts: what a row is, key, rows and version, and where they are served')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook mart list')
    .action(async ({ json }: { json?: boolean }) => {
      const { marts, unreached } = await listAll(json);
      if (json) process.stdout.write(`${JSON.stringify({ marts })}\n`);
      else process.stdout.write(format(marts));
      if (unreached !== undefined) {
        process.stderr.write(`without rows and versions: ${printable(unreached)}\n`);
      }
    });
}

/** The marts of the catalog, with their tables if a deployment can be reached; otherwise why it cannot. */
async function listAll(json: boolean | undefined): Promise<{ marts: MartView[]; unreached?: string }> {
  const { listMarts } = await import('../operations/marts/list');
  try {
    const deployment = await connect();
    try {
      const marts = await withProgress('reading the logs of the marts', { json }, () =>
        withLakeSession(deployment, ({ lake }) => listMarts(catalog, lake)),
      );
      return { marts };
    } finally {
      disconnect(deployment);
    }
  } catch (error) {
    return { marts: await listMarts(catalog), unreached: explainError(error) };
  }
}

function format(marts: readonly MartView[]): string {
  return formatTable(
    [
      { heading: 'mart', text: ({ name }: MartView) => name },
      { heading: 'key', text: ({ key }) => key.join(', ') },
      { heading: 'rows', right: true, text: ({ rows }) => String(rows ?? '-') },
      { heading: 'version', right: true, text: ({ version }) => String(version ?? '-') },
      { heading: 'served by', text: ({ table }) => table ?? 'the lake' },
      { heading: 'one row', text: ({ grain, description }) => grain ?? description },
    ],
    marts,
  );
}
