import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { DAY, type Mart, type ServedMart } from '../domain/mart';
import { connect, disconnect } from '../operations/deployment';
import { type DateRange, type Kpi, type KpiChoice, readKpis } from '../operations/kpis/kpis';
import { totalsByKey } from '../operations/kpis/totals';
import { parseDay } from './days';
import { formatTable } from './table';

/** Replaces the day in rows with the totals of a range. */
const TOTAL = 'total';
const NO_DATA = '-';
const LACKS_COUNTS =
  'rates over several days have no data (-) until the next execution stores the counts they need\n';

export function kpisCommand(): Command {
  const kpis = new Command('kpis').description('read the KPIs from DynamoDB').addHelpText(
    'after',
    `
Examples:
  $ daybook kpis orders --from 2025-03-01 --to 2025-03-31
  $ daybook kpis categories --category Toys
  $ daybook kpis categories --from 2025-03-08 --to 2025-03-08 --json`,
  );
  const ranged = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .option('--from <date>', 'first day, YYYY-MM-DD', parseDay)
      .option('--to <date>', 'last day, YYYY-MM-DD', parseDay)
      .option('--json', 'print as JSON, numbers as exact strings')
      .addHelpText('after', `\nExample:\n  $ daybook kpis ${name} --from 2025-03-01 --to 2025-03-31`)
      .hook('preAction', (command) => {
        const { from, to } = command.opts<DateRange>();
        if (from && to && from > to) command.error(`error: --from ${from} is after --to ${to}`);
      });

  for (const mart of catalog.served) {
    if (mart.command === undefined) continue;
    const [partitionKey] = mart.key.filter((name) => name !== DAY);
    const command = ranged(mart.command, mart.description);
    if (partitionKey) command.option(`--${partitionKey} <name>`, `only this ${partitionKey}`);
    command.action(({ from, to, json, ...key }: DateRange & { json?: boolean }) => {
      const of = partitionKey && (key as Record<string, string>)[partitionKey];
      return printKpis(
        mart,
        { ...(from && { from }), ...(to && { to }), ...(of !== undefined && { of }) },
        json,
      );
    });
    kpis.addCommand(command);
  }
  return kpis;
}

/** A table with the columns of the mart; money and percent have two decimal places. */
export function formatKpis({ columns }: Mart, items: readonly Kpi[]): string {
  return formatTable(
    columns.map(({ name, type }) => ({
      heading: name,
      right: type !== 'date' && type !== 'text',
      text: (item: Kpi) => {
        const value = item[name];
        if (value === undefined) return NO_DATA;
        return type === 'money' || type === 'percent' ? twoDecimals(value) : value;
      },
    })),
    items,
  );
}

/** The daily rows, then the totals of the range: one row, or one per category. A single day has no totals. */
function formatWithTotals(mart: Mart, items: readonly Kpi[]): string {
  const days = new Set(items.map(({ [DAY]: day }) => day));
  const totals = totalsByKey(mart, days.size > 1 ? items : []).map(
    (total): Kpi => ({ ...total, [DAY]: TOTAL }),
  );
  const lacksCounts = mart.columns.some(
    ({ name, rate }) => rate && totals.some((row) => row[name] === undefined),
  );
  return formatKpis(mart, [...items, ...totals]) + (lacksCounts ? LACKS_COUNTS : '');
}

async function printKpis(mart: ServedMart, choice: KpiChoice, json: boolean | undefined): Promise<void> {
  const deployment = await connect();
  try {
    const items = await readKpis(deployment, mart, choice);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : formatWithTotals(mart, items));
    if (items.length === 0 && !json) process.stdout.write(`${explainNone(Object.keys(choice).length > 0)}\n`);
  } finally {
    disconnect(deployment);
  }
}

function explainNone(isFiltered: boolean): string {
  return isFiltered
    ? 'no KPIs match; run the command without options to show all'
    : 'no KPIs yet: upload files with daybook upload and follow them with daybook status';
}

/** DynamoDB drops trailing zeros: it returns 12.5 for 12.50. */
function twoDecimals(number: string): string {
  const [whole = '0', fraction = ''] = number.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
