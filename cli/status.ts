import { Command } from 'commander';
import { connect, disconnect } from './deployment';
import { type ExecutionView, listExecutions, readQueueDepth, viewExecution } from './executions';
import { formatSeconds, formatTable, printable } from './table';

export function statusCommand(): Command {
  return new Command('status')
    .description('queue depth, latest executions, last report')
    .option('--executions <n>', 'how many executions to show', '10')
    .option('--json', 'print as JSON')
    .action(async (options: { executions: string; json?: boolean }) => {
      const deployment = await connect();
      try {
        const queue = await readQueueDepth(deployment);
        const listed = await listExecutions(deployment, Math.max(1, Number(options.executions) || 10));
        const executions = await Promise.all(
          listed.map(({ executionArn = '' }) => viewExecution(deployment, executionArn)),
        );
        const last = executions.find(({ status }) => status !== 'RUNNING');
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ bucket: deployment.bucket, queue, executions, last_report: last?.report ?? null })}\n`
            : [
                `queue  ${queue.waiting} waiting, ${queue.in_flight} in flight, ${queue.dead_letters} dead letters`,
                'executions',
                formatExecutions(executions),
                lastReport(last),
              ].join('\n'),
        );
      } finally {
        disconnect(deployment);
      }
    });
}

function formatExecutions(executions: readonly ExecutionView[]): string {
  return formatTable(
    [
      { heading: 'name', text: ({ name }) => name },
      { heading: 'status', text: ({ status }) => status },
      { heading: 'started', text: ({ started }) => started?.toISOString() ?? '' },
      { heading: 'took', right: true, text: durationOf },
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
  if (!last) return 'no execution has ended yet: drop files into input/\n';
  return `last report  ${printable(last.report?.summary ?? last.cause ?? last.status)}\n`;
}
