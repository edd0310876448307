import type { DeploymentCounts } from './deployment-counts';
import {
  executionsPerDay,
  executionUsage,
  idleUsage,
  monthUsage,
  monthWithEvents,
  type Workload,
} from './estimate';
import { type EventLoad, eventFilesPerDay, eventUsage } from './event-usage';
import { EVENTS } from './measured';
import { PRICES, type PriceName } from './prices';
import { billOf, listPrice, listPriceOf, type Usage } from './usage';

/** The volumes of docs/cost.md. */
export const VOLUMES: readonly Workload[] = [
  { rowsPerDay: 30_000, filesPerDay: 72, filesAtOnce: 3 },
  { rowsPerDay: 1_000_000, filesPerDay: 288, filesAtOnce: 3 },
  { rowsPerDay: 100_000_000, filesPerDay: 2880, filesAtOnce: 3 },
];

/** One order and three items. */
const ROWS_OF_AN_ORDER = 4;

/** The events of docs/cost.md, besides the files of the smallest volume. */
const LOADS: readonly EventLoad[] = [
  { eventsPerDay: 30_000, perRequest: EVENTS.perRequest },
  { eventsPerDay: 30_000, perRequest: 1 },
  { eventsPerDay: 1_000_000, perRequest: 25 },
];

export type Section = 'volumes' | 'marts' | 'idle' | 'execution' | 'services' | 'events' | 'eventLines';

/** The tables of docs/cost.md in Markdown, by the names of their markers. */
export function costSections(counts: DeploymentCounts): Record<Section, string> {
  const [small, middle] = VOLUMES as [Workload, Workload, Workload];
  return {
    volumes: markdown(
      ['', ...VOLUMES.map(nameOf)],
      [
        ['executions per day', ...VOLUMES.map((one) => number(executionsPerDay(one, counts)))],
        [
          'rows per execution',
          ...VOLUMES.map((one) => number(one.rowsPerDay / executionsPerDay(one, counts))),
        ],
        ['cost per execution', ...VOLUMES.map((one) => dollars(listPriceOf(executionOf(one, counts))))],
        ['cost per million orders', ...VOLUMES.map((one) => dollars(ordersPrice(one, counts)))],
        ['idle, per month', ...VOLUMES.map(() => dollars(listPriceOf(idleUsage(counts))))],
        [
          'alarms, metrics and dashboard, per month',
          ...VOLUMES.map((one) => dollars(monitoringPrice(one, counts))),
        ],
        ['**per month, list price**', ...VOLUMES.map((one) => bold(listPriceOf(monthUsage(one, counts))))],
        ['**per month, with the free tier**', ...VOLUMES.map((one) => bold(billOf(monthUsage(one, counts))))],
      ],
    ),
    marts: marts(counts),
    idle: lines(idleUsage(counts), 'per month'),
    execution: lines(executionOf(middle, counts), 'per execution'),
    services: services(small, counts),
    events: events(small, counts),
    eventLines: lines(eventUsage(LOADS[0] as EventLoad, counts), 'per month'),
  };
}

/** What the table of each mart costs in a month: what a deployment without it saves. */
function marts(counts: DeploymentCounts): string {
  const priceOf = (workload: Workload, tables: DeploymentCounts['tables']) =>
    listPriceOf(monthUsage(workload, { ...counts, tables }));
  const rows = counts.tables
    .map((table) => ({
      name: table.name,
      prices: VOLUMES.map(
        (one) =>
          priceOf(one, counts.tables) -
          priceOf(
            one,
            counts.tables.filter((other) => other !== table),
          ),
      ),
    }))
    .filter(({ prices }) => prices.some((price) => price > 0));
  return markdown(
    ['table, per month', ...VOLUMES.map(nameOf)],
    rows.map(({ name, prices }) => [name, ...prices.map(dollars)]),
  );
}

/** What events add to a month of files. */
function events(workload: Workload, counts: DeploymentCounts): string {
  const [list, bill] = [listPriceOf, billOf].map((priceOf) =>
    LOADS.map(
      (load) => priceOf(monthWithEvents(workload, load, counts)) - priceOf(monthUsage(workload, counts)),
    ),
  ) as [number[], number[]];
  const files = (load: EventLoad) => (counts.events ? eventFilesPerDay(load, counts.events) : 0);
  return markdown(
    [
      '',
      ...LOADS.map((load) => `${number(load.eventsPerDay)} events per day, ${load.perRequest} in a request`),
    ],
    [
      ['requests per day', ...LOADS.map((load) => number(load.eventsPerDay / load.perRequest))],
      ['files per day', ...LOADS.map((load) => number(files(load)))],
      ['**per month, list price**', ...list.map(bold)],
      ['**per month, with the free tier**', ...bill.map(bold)],
    ],
  );
}

function executionOf(workload: Workload, counts: DeploymentCounts): Usage[] {
  const perDay = executionsPerDay(workload, counts);
  return executionUsage(workload.filesPerDay / perDay, workload.rowsPerDay / perDay, counts);
}

function ordersPrice(workload: Workload, counts: DeploymentCounts): number {
  const ordersOfAnExecution = workload.rowsPerDay / executionsPerDay(workload, counts) / ROWS_OF_AN_ORDER;
  return (listPriceOf(executionOf(workload, counts)) / ordersOfAnExecution) * 1_000_000;
}

const MONITORING: readonly PriceName[] = ['alarms', 'metrics', 'dashboards'];

function monitoringPrice(workload: Workload, counts: DeploymentCounts): number {
  return listPriceOf(monthUsage(workload, counts).filter(({ price }) => MONITORING.includes(price)));
}

function lines(usages: readonly Usage[], per: string): string {
  const rows = usages
    .filter(({ quantity }) => quantity > 0)
    .map((usage) => {
      const { service, dollars: price, per: count, unit } = PRICES[usage.price];
      const times = count === 1 ? exact(price) : `${exact(price)} / ${number(count)}`;
      return [service, usage.what, `${number(usage.quantity)} × ${times}`, unit, dollars(listPrice(usage))];
    });
  const sum = ['', '', '', `**${per}**`, bold(listPriceOf(usages))];
  return markdown(['service', 'what', 'quantity × price', 'unit', 'dollars'], [...rows, sum]);
}

/** The cost per month by service, most expensive first. */
function services(workload: Workload, counts: DeploymentCounts): string {
  const usages = monthUsage(workload, counts);
  const names = [...new Set(usages.map(({ price }) => PRICES[price].service))];
  const rows = names
    .map((name) => usages.filter(({ price }) => PRICES[price].service === name))
    .map((those) => ({ name: serviceOf(those), list: listPriceOf(those), bill: billOf(those) }))
    .filter(({ list }) => list > 0)
    .sort((a, b) => b.list - a.list);
  return markdown(
    ['service', 'list price', 'with the free tier'],
    [
      ...rows.map(({ name, list, bill }) => [name, dollars(list), dollars(bill)]),
      ['**per month**', bold(listPriceOf(usages)), bold(billOf(usages))],
    ],
  );
}

const serviceOf = ([first]: readonly Usage[]) => (first ? PRICES[first.price].service : '');

export const nameOf = ({ rowsPerDay, filesPerDay }: Workload) =>
  `${number(rowsPerDay)} rows per day in ${number(filesPerDay)} files`;

function markdown(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const isNumeric = (at: number) => rows.every((cells) => /^[*\d., ×/]*$/.test(cells[at] ?? ''));
  const rule = headings.map((_, at) => (isNumeric(at) ? '--:' : '---'));
  return `${[line(headings), line(rule), ...rows.map(line)].join('\n')}\n`;
}

/** Three significant digits, or all digits of a larger number. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

/** All digits of a price. JavaScript writes small numbers in scientific notation. */
const exact = (price: number) => (price < 1e-6 ? price.toFixed(12).replace(/0+$/, '') : String(price));

export function dollars(value: number): string {
  if (value === 0) return '0';
  return value >= 0.1
    ? value.toLocaleString('en-US', FIXED)
    : String(Number(value.toPrecision(2)).toFixed(7).replace(/0+$/, ''));
}

const FIXED = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

const bold = (value: number) => `**${dollars(value)}**`;

/**
 * Replaces each section of the page between its markers, `<!-- cost:name -->` and `<!-- /cost -->`.
 * @throws if a section has no markers
 */
export function publish(page: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((text, [name, body]) => {
    const marks = new RegExp(`(<!-- cost:${name} -->\n)[^]*?(<!-- /cost -->)`);
    if (!marks.test(text)) throw new Error(`the page has no <!-- cost:${name} -->`);
    return text.replace(marks, (_, open: string, close: string) => `${open}\n${body.trimEnd()}\n\n${close}`);
  }, page);
}
