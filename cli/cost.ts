import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { countDeployment, type DeploymentCounts } from '../cost/deployment-counts';
import { executionsPerDay, executionUsage, idleUsage, monthUsage, type Workload } from '../cost/estimate';
import { costSections, dollars, publish } from '../cost/page';
import { PRICES, PRICES_AS_OF } from '../cost/prices';
import { billOf, listPriceOf, times, type Usage } from '../cost/usage';
import { contractsOption, definitionOptions, martsOption, withoutMartsOption } from './definition-options';
import { wholeNumber } from './numbers';
import { removeOwnTemplate, templateFor } from './own-template';
import { formatTable } from './table';

interface Options extends Workload {
  readonly json?: boolean;
  readonly publish?: string;
}

const DAYS = 30;
const count = wholeNumber(0, 999_999_999_999);

export function costCommand(): Command {
  return new Command('cost')
    .description('estimate the cost of a deployment from the built template and AWS list prices')
    .option('--files-per-day <n>', 'files per day', count, 72)
    .option('--rows-per-day <n>', 'rows per day, in all files', count, 30_000)
    .option('--files-at-once <n>', 'files that arrive together, in one batch', count, 3)
    .addOption(contractsOption())
    .addOption(martsOption())
    .addOption(withoutMartsOption())
    .option('--json', 'print as JSON')
    .option('--publish <page>', 'write the tables of docs/cost.md into a page, between its markers')
    .addHelpText(
      'after',
      `
Examples:
  $ daybook cost --files-per-day 288 --rows-per-day 1000000
  $ daybook cost --without-marts product_sales,inventory_status`,
    )
    .action(async (options: Options) => {
      const counts = countDeployment(await readTemplate());
      if (options.publish !== undefined) {
        writeFileSync(options.publish, publish(readFileSync(options.publish, 'utf8'), costSections(counts)));
        return;
      }
      process.stdout.write(
        options.json ? `${JSON.stringify(asJson(options, counts))}\n` : format(options, counts),
      );
    });
}

/** The template of the deployment that the options describe. */
async function readTemplate() {
  const data = `cost-${process.pid}`;
  try {
    const directory = await templateFor(definitionOptions(process.argv, process.env), data);
    return JSON.parse(readFileSync(path.join(directory, 'Daybook.template.json'), 'utf8'));
  } finally {
    await removeOwnTemplate(data);
  }
}

function asJson(workload: Workload, counts: DeploymentCounts) {
  const month = monthUsage(workload, counts);
  return {
    prices: PRICES_AS_OF,
    executions_per_day: executionsPerDay(workload, counts),
    per_execution: listPriceOf(executionOf(workload, counts)),
    idle_per_month: listPriceOf(idleUsage(counts)),
    per_month: listPriceOf(month),
    per_month_less_free: billOf(month),
    usage: month,
  };
}

function executionOf(workload: Workload, counts: DeploymentCounts): Usage[] {
  const perDay = executionsPerDay(workload, counts);
  return perDay === 0
    ? []
    : executionUsage(workload.filesPerDay / perDay, workload.rowsPerDay / perDay, counts);
}

function format(workload: Workload, counts: DeploymentCounts): string {
  const perDay = executionsPerDay(workload, counts);
  const execution = executionOf(workload, counts);
  const idle = idleUsage(counts);
  const month = monthUsage(workload, counts);
  const services = [...new Set(month.map(({ price }) => PRICES[price].service))];
  const of = (usages: readonly Usage[], service: string) =>
    listPriceOf(usages.filter(({ price }) => PRICES[price].service === service));
  const table = formatTable(
    [
      { heading: 'service', text: (service: string) => service },
      { heading: 'per execution', right: true, text: (service) => dollars(of(execution, service)) },
      {
        heading: 'executions',
        right: true,
        text: (service) => dollars(of(times(execution, perDay * DAYS), service)),
      },
      { heading: 'idle', right: true, text: (service) => dollars(of(idle, service)) },
      { heading: 'per month', right: true, text: (service) => dollars(of(month, service)) },
    ],
    services,
  );
  return `${perDay.toFixed(0)} executions per day, ${dollars(listPriceOf(execution))} each
${table}
${dollars(listPriceOf(month))} per month after one year, ${dollars(billOf(month))} with the free tier
(list prices in USD, ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}; docs/cost.md explains the calculation)
`;
}
