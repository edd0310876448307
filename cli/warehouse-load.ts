import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import type { LakeLoad } from '../tasks/load/load-lake';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

const WAIT_SECONDS = 600;

export function warehouseLoadCommand(): Command {
  return new Command('load')
    .description('load what changed in the lake now, on this computer')
    .option('--all', 'read all tables of the lake, and correct every row that differs')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
As the step LoadWarehouse of every execution, in one transaction. It is safe to run during an execution.

Examples:
  $ daybook warehouse load
  $ daybook warehouse load --all`,
    )
    .action(async (options: Options) => {
      const { changed, versions } = await withProgress('loading the warehouse', options, () =>
        runLoad(options.all ?? false),
      );
      if (options.json) process.stdout.write(`${JSON.stringify({ changed, versions })}\n`);
      else process.stdout.write(format(changed));
    });
}

async function runLoad(everything: boolean): Promise<LakeLoad> {
  const deployment = await connect();
  try {
    const { readWarehouseSettings, withWarehouse } = await import('../operations/warehouse/connect');
    const { loadWarehouse } = await import('../tasks/load/load-lake');
    const settings = await readWarehouseSettings(deployment);
    return await withLakeSession(deployment, ({ lake }) =>
      withWarehouse(settings, (warehouse) =>
        loadWarehouse(lake, warehouse, { catalog, ...settings }, { waitSeconds: WAIT_SECONDS, everything }),
      ),
    );
  } finally {
    disconnect(deployment);
  }
}

function format(changed: LakeLoad['changed']): string {
  const lines = Object.entries(changed).flatMap(([table, rows]) =>
    rows > 0 ? [`${table}: ${plural(rows, 'row')} changed`] : [],
  );
  return `${lines.length > 0 ? lines.join('\n') : 'nothing to load'}\n`;
}
