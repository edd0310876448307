import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { connect, disconnect } from '../operations/deployment';
import { CommandFailure } from './failure';

export function warehousePsqlCommand(): Command {
  return new Command('psql')
    .description('start psql, connected to the warehouse')
    .argument('[arguments...]', 'arguments of psql, after --')
    .addHelpText(
      'after',
      `
Examples:
  $ daybook warehouse psql
  $ daybook warehouse psql -- -c 'select * from daily_sales'`,
    )
    .action(async (args: readonly string[]) => {
      const address = new URL(await readAddress());
      const { password } = address;
      // Other users of this computer see the arguments of a process.
      address.password = '';
      const env = { ...process.env, ...(password !== '' && { PGPASSWORD: decodeURIComponent(password) }) };
      const psql = spawn('psql', [address.href, ...args], { env, stdio: 'inherit' });
      const [code] = await once(psql, 'exit').catch((error: Error) => {
        throw new CommandFailure(
          `psql cannot be started (${error.message}); install it, for example with: apt-get install postgresql-client`,
        );
      });
      if (code !== 0) throw new CommandFailure(`psql ended with exit code ${code}`);
    });
}

async function readAddress(): Promise<string> {
  const deployment = await connect();
  try {
    const { readWarehouseAddress, readWarehouseSettings } = await import('../operations/warehouse/connect');
    return await readWarehouseAddress(await readWarehouseSettings(deployment));
  } finally {
    disconnect(deployment);
  }
}
