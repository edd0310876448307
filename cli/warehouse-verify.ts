import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { plural } from '../domain/plural';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import type { WarehouseVerification } from '../operations/warehouse/views';
import { CommandFailure } from './failure';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';
import { printable } from './table';

export function warehouseVerifyCommand(): Command {
  return new Command('verify')
    .description('compare every row of the star schema with the lake')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Reads all of staging/ and changes nothing. Loads wait meanwhile. The exit code is 1 if there are differences.

Example:
  $ daybook warehouse verify`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const verification = await withProgress('comparing the warehouse', { json }, runVerify);
      process.stdout.write(json ? `${JSON.stringify(verification)}\n` : `${formatWarehouse(verification)}\n`);
      if (verification.differences > 0)
        throw new CommandFailure(
          `the warehouse has ${plural(verification.differences, 'different row')}; correct with daybook warehouse load --all`,
        );
    });
}

async function runVerify(): Promise<WarehouseVerification> {
  const deployment = await connect();
  try {
    const { readWarehouseSettings } = await import('../operations/warehouse/connect');
    await readWarehouseSettings(deployment);
    const verification = await verifyDeployedWarehouse(deployment);
    if (verification) return verification;
    throw new CommandFailure('the warehouse was removed meanwhile; run the command again');
  } finally {
    disconnect(deployment);
  }
}

/** Compares the warehouse of a deployment with its lake; undefined if it has none. */
export async function verifyDeployedWarehouse(
  deployment: Deployment,
): Promise<WarehouseVerification | undefined> {
  const { findWarehouseSettings, withWarehouse } = await import('../operations/warehouse/connect');
  const { verifyWarehouse } = await import('../operations/warehouse/verify');
  const settings = await findWarehouseSettings(deployment).catch((error: Error) => {
    if (error.name !== 'AccessDeniedException') throw error;
    process.stderr.write(`a warehouse is not compared: ${printable(error.message)}\n`);
    return undefined;
  });
  if (!settings) return undefined;
  return withLakeSession(deployment, ({ lake }) =>
    withWarehouse(settings, (warehouse) => verifyWarehouse(lake, warehouse, catalog, settings)),
  );
}

export function formatWarehouse({ different_rows, differences }: WarehouseVerification): string {
  if (differences === 0) return 'warehouse: no differences';
  const tables = Object.entries(different_rows).map(([table, rows]) => `${table} ${rows}`);
  return `warehouse: ${plural(differences, 'different row')} (${tables.join(', ')})`;
}
