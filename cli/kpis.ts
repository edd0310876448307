import { Command, InvalidArgumentError } from 'commander';
import { CATEGORY_KPIS, ORDER_KPIS } from '../catalog/kpis';
import type { KpiTableSpec } from '../domain/mart';
import { isDay } from '../domain/time';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { type DateRange, type Kpi, readCategoryKpis, readOrderKpis } from '../operations/kpis/kpis';
import { formatTable } from './table';

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
      .option('--from <date>', 'first day, YYYY-MM-DD', parseDate)
      .option('--to <date>', 'last day, YYYY-MM-DD', parseDate)
      .option('--json', 'print as JSON, numbers as exact strings')
      .addHelpText('after', `\nExample:\n  $ daybook kpis ${name} --from 2025-03-01 --to 2025-03-31`)
      .hook('preAction', (command) => {
        const { from, to } = command.opts<DateRange>();
        if (from && to && from > to) command.error(`error: --from ${from} is after --to ${to}`);
      });

  kpis.addCommand(
    ranged('orders', 'orders, revenue, items, customers and return rate per day').action(
      (options: DateRange & { json?: boolean }) =>
        printKpis(ORDER_KPIS, options, (deployment) => readOrderKpis(deployment, options)),
    ),
  );
  kpis.addCommand(
    ranged('categories', 'revenue, order value and return rate per category and day')
      .option('--category <name>', 'one category alone')
      .action((options: DateRange & { category?: string; json?: boolean }) =>
        printKpis(CATEGORY_KPIS, options, (deployment) => readCategoryKpis(deployment, options)),
      ),
  );
  return kpis;
}

/** The table for reading: money and percent with two decimals, columns as the table has them. */
export function formatKpis(spec: KpiTableSpec, items: readonly Kpi[]): string {
  return formatTable(
    spec.columns.map(({ name, type }) => ({
      heading: name,
      right: type !== 'date' && type !== 'text',
      text: (item: Kpi) => {
        const value = item[name] ?? '';
        return type === 'money' || type === 'percent' ? twoDecimals(value) : value;
      },
    })),
    items,
  );
}

async function printKpis(
  spec: KpiTableSpec,
  { json, ...choice }: DateRange & { category?: string; json?: boolean },
  read: (deployment: Deployment) => Promise<Kpi[]>,
): Promise<void> {
  const deployment = await connect();
  try {
    const items = await read(deployment);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : formatKpis(spec, items));
    if (items.length === 0 && !json) process.stdout.write(`${explainNone(Object.keys(choice).length > 0)}\n`);
  } finally {
    disconnect(deployment);
  }
}

function explainNone(isChosen: boolean): string {
  return isChosen
    ? 'no KPI matches; without options all are shown'
    : 'no KPIs yet: drop files into input/ (daybook upload), and see how they fare with daybook status';
}

/** DynamoDB drops trailing zeros: 12.5 is 12.50. */
function twoDecimals(number: string): string {
  const [whole = '0', fraction = ''] = number.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

function parseDate(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('Expected a day as YYYY-MM-DD.');
  return text;
}
