import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { plural } from '../domain/plural';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { type ExecutionView, viewExecution } from '../operations/executions/execution';
import { listExecutions } from '../operations/executions/executions';
import type { PricedReport } from '../operations/executions/views';
import { readQueueDepth } from '../operations/queue';
import { wholeNumber } from './numbers';
import { formatSeconds, formatTable, printable } from './table';
import { watch } from './watch';

/** The maximum page size of ListExecutions. */
const MAX_EXECUTIONS = 1000;

interface Options {
  readonly executions: number;
  readonly watch?: boolean;
  readonly follow?: boolean;
  readonly json?: boolean;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('show queue depth, latest executions and last report, or watch the running execution')
    .option('--executions <n>', 'how many executions to show', wholeNumber(1, MAX_EXECUTIONS), 10)
    .option('--watch', 'watch the running execution, or the next one, until it ends')
    .option('--follow', 'like --watch, and continue with later executions until Ctrl-C')
    .option('--json', 'print as JSON; when watching, one line of JSON per completed state')
    .addHelpText(
      'after',
      `
On a terminal, --watch updates in place, in colour unless NO_COLOR is set; elsewhere it prints one line per state. The exit
code is 1 if the watched execution did not succeed.

Examples:
  $ daybook status --executions 3
  $ daybook status --watch`,
    )
    .action(async (options: Options) => {
      const deployment = await connect();
      try {
        if (options.watch || options.follow) await watch(deployment, options);
        else await printStatus(deployment, options);
      } finally {
        disconnect(deployment);
      }
    });
}

async function printStatus(deployment: Deployment, options: Options): Promise<void> {
  const queue = await readQueueDepth(deployment);
  const listed = await listExecutions(deployment, options.executions);
  const executions = await Promise.all(
    listed.map(({ executionArn = '' }) => viewExecution(deployment, executionArn)),
  );
  const last = executions.find(({ status }) => status !== 'RUNNING');
  const newest = (definitions: 'contracts' | 'marts') =>
    executions.map(({ report }) => report?.[definitions]).find((hash) => hash !== undefined);
  const [contracts, marts] = [newest('contracts'), newest('marts')];
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ bucket: deployment.bucket, contracts: contracts ?? null, marts: marts ?? null, queue, executions, last_report: last?.report ?? null })}\n`
      : [
          `queue  ${queue.waiting} waiting, ${queue.in_flight} in flight, ${plural(queue.dead_letters, 'dead letter')}`,
          ...(contracts
            ? [`contracts  ${contracts}${otherThan(catalog.contractsHash, contracts, CONTRACTS_REMEDY)}`]
            : []),
          ...(marts ? [`marts  ${marts}${otherThan(catalog.martsHash, marts, MARTS_REMEDY)}`] : []),
          'executions',
          formatExecutions(executions),
          lastReport(last),
        ].join('\n'),
  );
}

const CONTRACTS_REMEDY = 'set DAYBOOK_CONTRACTS to the folders of the deployment';
const MARTS_REMEDY =
  'set DAYBOOK_MARTS to the folders of the deployment, and DAYBOOK_WITHOUT_MARTS to those that it leaves out';

/** Tables are those of this command's contracts and marts, so it should have those of the deployment. */
const otherThan = (own: string, deployed: string, remedy: string) =>
  deployed === own ? '' : `, but this command has ${own}: ${remedy}`;

function formatExecutions(executions: readonly ExecutionView[]): string {
  return formatTable(
    [
      { heading: 'name', text: ({ name }) => name },
      { heading: 'status', text: ({ status }) => status },
      { heading: 'started', text: ({ started }) => started?.toISOString() ?? '' },
      { heading: 'duration', right: true, text: durationOf },
      { heading: 'files', right: true, text: ({ report }) => String(report?.counts.files ?? '') },
      { heading: 'rows', right: true, text: ({ report }) => String(report?.counts.rows ?? '') },
    ],
    executions,
  );
}

function durationOf({ started, ended }: ExecutionView): string {
  return started && ended ? formatSeconds(ended.getTime() - started.getTime()) : '';
}

function lastReport(last: ExecutionView | undefined): string {
  if (!last) return 'no execution has ended yet: upload files to input/\n';
  const summary = printable(last.report?.summary ?? last.cause ?? last.status);
  const rejected = (last.report?.files ?? []).filter(({ outcome }) => outcome === 'invalid');
  return [`last report  ${summary}${costOf(last.report)}`, ...rejected.map(rejectedLine), ''].join('\n');
}

function costOf(report: PricedReport | undefined): string {
  return report?.cost ? ` $${report.cost.dollars.toFixed(4)} at list price.` : '';
}

function rejectedLine({ key, reason = '' }: PricedReport['files'][number]): string {
  return `  rejected ${printable(key)}: ${printable(reason)}`;
}
