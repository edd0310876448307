import { catalog } from '../../catalog/catalog';
import { METRICS } from '../../domain/metrics';
import { taskMetrics } from '../../runtime/metrics';
import { withResult, withResultAt } from '../../runtime/task-result';
import { writeBatchManifest } from '../../storage/batch-manifest';
import { run as orchestrate } from '../../tasks/orchestrate/orchestrate';
import { run as settle } from '../../tasks/settle/settle';
import { MemoryBucket } from './memory-bucket';
import { MemoryLedger } from './memory-ledger';
import { MemoryQueue } from './memory-queue';
import { silentLogger } from './silent-logger';
import { type MetricLine, writtenLines } from './written-lines';

/** A metric as CloudWatch knows it: what differs in any part is another one. */
export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * Runs whatever emits, as the processes do.
 * @param service of each task, as its environment has it
 * @returns the lines it wrote
 */
export async function emittedLines(service: (task: string) => string): Promise<MetricLine[]> {
  const lines = await writtenLines(async () => {
    const common = { bucket: new MemoryBucket(), clock: () => new Date(), logger: silentLogger };
    const deps = (task: string) => ({ ...common, metrics: taskMetrics(service(task)) });
    const queue = new MemoryQueue();
    const ledger = new MemoryLedger();
    const reconciler = { run: async () => 0 };
    const executions = {
      listRunning: async () => [{ executionId: 'exec-1', startedAt: new Date() }],
      start: async () => 'started' as const,
    };
    await orchestrate({}, { ...deps('orchestrate'), catalog, queue, ledger, executions, reconciler });
    for (const task of ['validate', 'stage', 'transform'] as const) {
      await withResult(task, 'exec-1', deps(task), async () => ({}));
    }
    const identity = { task: 'maintain' as const };
    await withResultAt('results/maintain/1.json', identity, deps('maintain'), async () => ({}));
    await writeBatchManifest(common.bucket, { execution_id: 'exec-1', files: [], messages: [] });
    await settle(
      { executionId: 'exec-1', mode: 'delete' },
      { ...deps('settle'), queue, ledger, copyBack: async () => undefined },
    );
  });
  const names = new Set(lines.flatMap(identitiesOf).map(({ name }) => name));
  const never = Object.keys(METRICS).filter((name) => !names.has(name));
  if (never.length > 0) throw new Error(`nothing emits ${never.join(', ')}`);
  return lines;
}

/** The metrics that CloudWatch makes of a line. */
export function identitiesOf(line: MetricLine): MetricIdentity[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
      })),
    ),
  );
}
