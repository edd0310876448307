import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../domain/execution-history';
import { taskResultKey } from '../../domain/object-keys';
import { getMatchingJson } from '../../storage/json-object';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { pricedReportSchema, pricedSettleResultSchema } from './report';
import type { DescribedExecution, PricedReport } from './views';

/** @param stateMachine its name; by default the pipeline's */
export function executionArn(
  { stateMachineArn, names }: Deployment,
  name: string,
  stateMachine: string = names.stateMachine,
): string {
  const prefix = stateMachineArn
    .slice(0, -names.stateMachine.length)
    .replace(':stateMachine:', ':execution:');
  return `${prefix}${stateMachine}:${name}`;
}

/** The current state of an execution. */
export interface ExecutionView {
  readonly name: string;
  readonly status: string;
  readonly started: Date | undefined;
  readonly ended: Date | undefined;
  /** Set if it succeeded. */
  readonly report: PricedReport | undefined;
  /** Set if it did not succeed. */
  readonly cause: string | undefined;
}

export async function viewExecution({ sfn }: Deployment, executionArn: string): Promise<ExecutionView> {
  const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return {
    name: found.name ?? '',
    status: found.status ?? '',
    started: found.startDate,
    ended: found.stopDate,
    report: reportOf(found),
    cause: found.cause ?? found.error,
  };
}

const reportOf = ({ output }: { output?: string | undefined }): PricedReport | undefined =>
  pricedReportSchema.safeParse(output ? JSON.parse(output) : undefined).data;

/** @throws DeploymentError if the execution does not exist, or no longer exists */
export async function describeExecution(deployment: Deployment, name: string): Promise<DescribedExecution> {
  const { sfn } = deployment;
  const described = new DescribeExecutionCommand({ executionArn: executionArn(deployment, name) });
  const found = await sfn.send(described).catch((error: Error) => {
    if (error.name !== 'ExecutionDoesNotExist' && error.name !== 'InvalidArn') throw error;
    throw new DeploymentError(
      `there is no execution ${JSON.stringify(name)}; Step Functions keeps them for 90 days`,
    );
  });
  const hasEnded = found.status !== 'RUNNING';
  return {
    name,
    status: found.status ?? '',
    started: (found.startDate ?? new Date(0)).toISOString(),
    ended: found.stopDate?.toISOString() ?? null,
    input: found.input ?? null,
    output: found.output ?? null,
    error: found.error ?? null,
    cause: found.cause ?? null,
    report: reportOf(found) ?? (hasEnded ? await settledReport(deployment, name) : null),
  };
}

/** The report that settle wrote; a failed execution has one too, but no output. null: settle wrote none. */
async function settledReport({ s3, bucket }: Deployment, name: string): Promise<PricedReport | null> {
  const key = taskResultKey(name, 'settle');
  const result = await getMatchingJson(s3Bucket(s3, bucket), key, pricedSettleResultSchema);
  return result?.report ?? null;
}

/** The execution's definition in Amazon States Language, as JSON text. */
export async function readDefinition({ sfn }: Deployment, executionArn: string): Promise<string> {
  const found = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  return found.definition ?? '{"StartAt":"","States":{}}';
}

/** Page size for polls, which find few new events. */
const NEW_EVENTS = 100;

/**
 * The complete history, ordered by event id.
 * @param known events that were read before, from the first on; only newer ones are requested
 */
export async function readHistory(
  { sfn }: Deployment,
  executionArn: string,
  known: readonly ExecutionEvent[] = [],
): Promise<readonly ExecutionEvent[]> {
  if (isComplete(known)) return known;
  const last = known.at(-1)?.id ?? 0;
  const pages = paginateGetExecutionHistory(
    { client: sfn, pageSize: last === 0 ? 1000 : NEW_EVENTS },
    { executionArn, reverseOrder: last > 0 },
  );
  const events: ExecutionEvent[] = [];
  for await (const { events: page = [] } of pages) {
    const fresh = page.map(viewEvent).filter(({ id }) => id > last);
    events.push(...fresh);
    if (fresh.length < page.length) break;
  }
  if (events.length === 0) return known;
  return [...known, ...events.sort((a, b) => a.id - b.id)];
}

/** Converts an event of the SDK; its details are in the one object field that is set. */
export function viewEvent({
  id = 0,
  previousEventId = 0,
  type,
  timestamp,
  ...rest
}: HistoryEvent): ExecutionEvent {
  const details = Object.values(rest).find((value) => typeof value === 'object' && value !== null);
  return {
    id,
    previous: previousEventId,
    type: type ?? '',
    at: (timestamp ?? new Date(0)).toISOString(),
    details: { ...details },
  };
}

/** A history is complete if its last event ends the execution. */
export function isComplete(events: readonly ExecutionEvent[]): boolean {
  return /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');
}
