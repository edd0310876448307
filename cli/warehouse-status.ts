import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import type { WarehouseStatus } from '../operations/warehouse/views';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';
import { formatTable } from './table';

export function warehouseStatusCommand(): Command {
  return new Command('status')
    .description('which versions of the lake are loaded, and how many rows the warehouse has')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook warehouse status')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await withProgress('reading the warehouse', { json }, runStatus);
      process.stdout.write(json ? `${JSON.stringify(status)}\n` : format(status));
    });
}

async function runStatus(): Promise<WarehouseStatus> {
  const deployment = await connect();
  try {
    const { readWarehouseSettings, withWarehouse } = await import('../operations/warehouse/connect');
    const { warehouseStatus } = await import('../operations/warehouse/status');
    const settings = await readWarehouseSettings(deployment);
    return await withLakeSession(deployment, ({ lake }) =>
      withWarehouse(settings, (warehouse, server) => warehouseStatus(lake, warehouse, server)),
    );
  } finally {
    disconnect(deployment);
  }
}

function format({ server, migration, tables, rows, ingested_events: ingested }: WarehouseStatus): string {
  if (migration === 0) return `${server}: nothing is loaded yet\n`;
  const loaded = formatTable(
    [
      { heading: 'table', text: ({ table }) => table },
      { heading: 'loaded', right: true, text: ({ loaded_version }) => String(loaded_version) },
      { heading: 'lake', right: true, text: ({ lake_version }) => String(lake_version ?? '-') },
      { heading: 'at', text: ({ loaded_at }) => loaded_at },
    ],
    tables,
  );
  const counts = formatTable(
    [
      { heading: 'star schema', text: ([table]) => table },
      { heading: 'rows', right: true, text: ([, count]) => String(count) },
    ],
    Object.entries(rows),
  );
  const onTheWay = ingested > 0 ? `\n${plural(ingested, 'event')} on the way to the lake\n` : '';
  return `${server}, migration ${migration}\n\n${loaded}\n${counts}${onTheWay}`;
}
