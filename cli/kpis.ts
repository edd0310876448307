import { Command, InvalidArgumentError } from 'commander';
import { CATEGORY_KPIS, ORDER_KPIS } from '../catalog/kpis';
import type { KpiTableSpec } from '../domain/mart';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { type DateRange, type Kpi, readCategoryKpis, readOrderKpis } from '../operations/kpis/kpis';
import { totalsByCategory } from '../operations/kpis/totals';
import { formatTable } from './table';

/** In place of the day, in rows with the totals of a range. */
const TOTAL = 'total';
const NO_DATA = '-';
const LACKS_COUNTS =
  'rates over several days have no data (-) until the next execution stores the counts that they need\n';

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
      .option('--category <name>', 'only this category')
      .action((options: DateRange & { category?: string; json?: boolean }) =>
        printKpis(CATEGORY_KPIS, options, (deployment) => readCategoryKpis(deployment, options)),
      ),
  );
  return kpis;
}

/** A table with the columns of the KPI table; money and percent have two decimal places. */
export function formatKpis(spec: KpiTableSpec, items: readonly Kpi[]): string {
  return formatTable(
    spec.columns.map(({ name, type }) => ({
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
function formatWithTotals(spec: KpiTableSpec, items: readonly Kpi[]): string {
  const days = new Set(items.map(({ order_date }) => order_date));
  const totals = [...totalsByCategory(spec, days.size > 1 ? items : [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, total]): Kpi => ({ category, order_date: TOTAL, ...total }));
  const lacksCounts = spec.columns.some(
    ({ name, type }) => type === 'percent' && totals.some((row) => row[name] === undefined),
  );
  return formatKpis(spec, [...items, ...totals]) + (lacksCounts ? LACKS_COUNTS : '');
}

async function printKpis(
  spec: KpiTableSpec,
  { json, ...filter }: DateRange & { category?: string; json?: boolean },
  read: (deployment: Deployment) => Promise<Kpi[]>,
): Promise<void> {
  const deployment = await connect();
  try {
    const items = await read(deployment);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : formatWithTotals(spec, items));
    if (items.length === 0 && !json) process.stdout.write(`${explainNone(Object.keys(filter).length > 0)}\n`);
  } finally {
    disconnect(deployment);
  }
}

function explainNone(isFiltered: boolean): string {
  return isFiltered
    ? 'no KPIs match; without options all are shown'
    : 'no KPIs yet: upload files with daybook upload and follow them with daybook status';
}

/** DynamoDB drops trailing zeros: it returns 12.5 for 12.50. */
function twoDecimals(number: string): string {
  const [whole = '0', fraction = ''] = number.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}

function parseDate(text: string): string {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse reads 2025-02-30 as 2 March.
  const isDay = !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError('Expected a day as YYYY-MM-DD.');
  return text;
}
