import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { taskResultKey } from '../../domain/object-keys';
import { getMatchingJson } from '../../storage/json-object';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { type PricedReport, pricedReportSchema, pricedSettleResultSchema } from './report';
import type { DescribedExecution, ExecutionEvent } from './views';

/** @param stateMachine its name; the pipeline's where none is given */
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

/** One execution, as far as it has come. */
export interface ExecutionView {
  readonly name: string;
  readonly status: string;
  readonly started: Date | undefined;
  readonly ended: Date | undefined;
  /** Of one that succeeded. */
  readonly report: PricedReport | undefined;
  /** Of one that did not. */
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

/** @throws DeploymentError where there is none of the name, or none any more */
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

/** The report that settle wrote, also for a failed execution, which has no output. null: it wrote none. */
async function settledReport({ s3, bucket }: Deployment, name: string): Promise<PricedReport | null> {
  const key = taskResultKey(name, 'settle');
  const result = await getMatchingJson(s3Bucket(s3, bucket), key, pricedSettleResultSchema);
  return result?.report ?? null;
}

/** The definition in Amazon States Language that the execution runs by, as JSON text. */
export async function readDefinition({ sfn }: Deployment, executionArn: string): Promise<string> {
  const found = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  return found.definition ?? '{"StartAt":"","States":{}}';
}

/** Events that a poll finds new are few: what a page of them holds. */
const NEW_EVENTS = 100;

/**
 * The whole history, in the order of the events' ids.
 * @param known what was read before, from its first event on; only what came since is asked for
 */
export async function readHistory(
  { sfn }: Deployment,
  executionArn: string,
  known: readonly ExecutionEvent[] = [],
): Promise<readonly ExecutionEvent[]> {
  if (isWhole(known)) return known;
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

/** An event as the SDK has it, its details out of the one field that is there. */
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

/** Whether a history is whole: its last event is that of the execution's end. */
export function isWhole(events: readonly ExecutionEvent[]): boolean {
  return /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(events.at(-1)?.type ?? '');
}
