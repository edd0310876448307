import type { ExecutionEvent } from '../../domain/execution-history';
import type { Deployment } from '../../operations/deployment';
import { DeploymentError } from '../../operations/errors';
import {
  describeExecution,
  executionArn,
  readDefinition,
  readHistory,
} from '../../operations/executions/execution';
import type { DescribedExecution } from '../../operations/executions/views';
import { inParallel } from '../../storage/parallel';
import type { ReportLine } from '../api/executions';
import { BoundedMap } from './bounded-map';

/** DescribeExecution is throttled at 15 a second in most regions. */
const DESCRIBED_AT_ONCE = 4;

/** Caches what the page reads of executions. Data of an execution that has ended is never read twice. */
export class ExecutionCache {
  private readonly lines = new BoundedMap<string, ReportLine>(20_000);
  private readonly described = new BoundedMap<string, DescribedExecution>(100);
  private readonly histories = new BoundedMap<string, readonly ExecutionEvent[]>(50);
  private readonly definitions = new BoundedMap<string, string>(50);

  constructor(private readonly deployment: Deployment) {}

  async describe(name: string): Promise<DescribedExecution> {
    const known = this.described.get(name);
    if (known) return known;
    const execution = await describeExecution(this.deployment, name);
    // After the end the report is final, even if there is none.
    if (execution.status !== 'RUNNING') this.described.set(name, execution);
    return execution;
  }

  /** Omits executions that cannot be described. */
  async reports(names: readonly string[]): Promise<ReportLine[]> {
    const lines = await inParallel(DESCRIBED_AT_ONCE, names, async (name) => {
      const known = this.lines.get(name);
      if (known) return known;
      const execution = await describeExecution(this.deployment, name).catch((error) => {
        if (error instanceof DeploymentError) return undefined;
        throw error;
      });
      if (!execution) return [];
      const line = reportLine(execution);
      if (line.ended !== null) this.lines.set(name, line);
      return line;
    });
    return lines.flat();
  }

  /**
   * The whole history so far; only new events are requested.
   * @param nested the name of an execution that the named one started
   */
  async history(name: string, nested?: string): Promise<readonly ExecutionEvent[]> {
    const arn =
      nested === undefined
        ? executionArn(this.deployment, name)
        : executionArn(this.deployment, nested, this.deployment.names.runTask);
    const events = await readHistory(this.deployment, arn, this.histories.get(arn));
    this.histories.set(arn, events);
    return events;
  }

  async definition(name: string): Promise<string> {
    const known = this.definitions.get(name);
    if (known !== undefined) return known;
    const definition = await readDefinition(this.deployment, executionArn(this.deployment, name));
    this.definitions.set(name, definition);
    return definition;
  }
}

function reportLine({ name, status, ended, report, input }: DescribedExecution): ReportLine {
  const { counts, cost } = report ?? {};
  return {
    name,
    status,
    ended,
    files: counts?.files ?? filesOf(input),
    rows: counts?.rows ?? null,
    bad_rows: counts?.bad_rows ?? null,
    dollars: cost?.dollars ?? null,
  };
}

/** The number of files in the execution's input. */
function filesOf(input: string | null): number | null {
  try {
    const { files }: { files?: unknown } = JSON.parse(input ?? '{}');
    return typeof files === 'number' ? files : null;
  } catch {
    return null;
  }
}
