import { Command } from 'commander';
import { warehouseLoadCommand } from './warehouse-load';
import { warehousePsqlCommand } from './warehouse-psql';
import { warehouseStatusCommand } from './warehouse-status';
import { warehouseVerifyCommand } from './warehouse-verify';

export function warehouseCommand(): Command {
  return new Command('warehouse')
    .description('load, check and query the star schema in PostgreSQL')
    .addHelpText('after', '\nExample:\n  $ daybook warehouse status')
    .addCommand(warehouseStatusCommand())
    .addCommand(warehouseLoadCommand())
    .addCommand(warehouseVerifyCommand())
    .addCommand(warehousePsqlCommand());
}
