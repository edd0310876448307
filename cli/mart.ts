import { Command, Option } from 'commander';
import { catalog } from '../catalog/catalog';
import { isNumber, type MartColumn } from '../domain/mart';
import { plural } from '../domain/plural';
import { duckDbType, martDeltaType } from '../lake/schema';
import { connect, disconnect } from '../operations/deployment';
import { findMart, type MartChoice, parseCondition, requireDays } from '../operations/marts/choice';
import { readMart } from '../operations/marts/read-mart';
import type { MartRow, MartRows } from '../operations/marts/rows';
import { formatCsv } from './csv';
import { parseDay } from './days';
import { withLakeSession } from './lake-session';
import { martListCommand } from './mart-list';
import { martTestCommand } from './mart-test';
import { wholeNumber } from './numbers';
import { withProgress } from './progress';
import { formatTable } from './table';

interface Options {
  readonly where: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

const NO_VALUE = '-';

export function martCommand(): Command {
  // By their position, options that it has in common with its subcommands are theirs.
  return new Command('mart')
    .description('read a mart, list them, or run their cases')
    .enablePositionalOptions()
    .argument('[name]', 'the mart, such as product_sales')
    .option(
      '--where <column=value>',
      'only rows with this value; can be repeated',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--from <date>', 'first day, YYYY-MM-DD', parseDay)
    .option('--to <date>', 'last day, YYYY-MM-DD', parseDay)
    .option('--limit <rows>', 'maximum number of rows, the first by key', wholeNumber(1, 10_000_000), 1_000)
    .addOption(new Option('--csv', 'print as CSV').conflicts('json'))
    .option('--json', 'print as JSON, numbers as exact strings')
    .addHelpText(
      'after',
      `
The rows are read from DynamoDB if that has all columns of the mart, otherwise from the lake.

Examples:
  $ daybook mart list
  $ daybook mart test customer_value
  $ daybook mart product_sales --where product_id=1234 --from 2025-03-01 --to 2025-03-31
  $ daybook mart customer_value --where is_top_decile=true --csv > best-customers.csv`,
    )
    .action(async (name: string | undefined, options: Options, command: Command) => {
      if (name === undefined) return command.help({ error: true });
      const rows = await read(name, options);
      process.stdout.write(format(rows, options));
      if (rows.left_out > 0 && !options.json) {
        process.stderr.write(
          `showing the first ${plural(rows.rows.length, 'row')} by key, ${rows.left_out} left out; increase --limit for more\n`,
        );
      }
    })
    .addCommand(martListCommand())
    .addCommand(martTestCommand());
}

async function read(name: string, options: Options): Promise<MartRows> {
  const mart = findMart(catalog.marts, name);
  const { from, to, limit, json } = options;
  const where = options.where.map((text) => parseCondition(mart, text));
  requireDays(mart, { where, from, to });
  const choice: MartChoice = { where, from, to, limit };
  const deployment = await connect();
  try {
    return await withProgress(`reading ${name}`, { json }, () =>
      readMart(deployment, catalog, mart, choice, (work) =>
        withLakeSession(deployment, ({ lake }) => work(lake)),
      ),
    );
  } finally {
    disconnect(deployment);
  }
}

function format({ source, columns, rows, left_out }: MartRows, { csv, json }: Options): string {
  if (json) {
    const described = columns.map(({ name, type }) => ({ name, type }));
    return `${JSON.stringify({ source, columns: described, rows, left_out })}\n`;
  }
  if (csv) {
    return formatCsv(
      columns.map(({ name, type }) => ({ name, type: duckDbType(martDeltaType(type)).toUpperCase() })),
      rows.map((row) => columns.map(({ name }) => row[name] ?? null)),
    );
  }
  return formatTable(columns.map(tableColumn), rows);
}

const tableColumn = ({ name, type }: MartColumn) => ({
  heading: name,
  right: isNumber(type),
  text: (row: MartRow) => row[name] ?? NO_VALUE,
});
