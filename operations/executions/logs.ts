import {
  DescribeLogGroupsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { jsonOrUndefined } from '../../domain/json';
import type { Deployment } from '../deployment';
import type { LogLine, LogLines } from './views';

/** Allows for late delivery to CloudWatch, and for a container that writes after its state has ended. */
const LATE_MS = 5000;
const MAX_LINES = 1000;
/** Lines that the Lambda runtime writes about itself. */
const PLATFORM_LINE = /^(START|END|REPORT|INIT_START) /;

const parametersSchema = z.object({
  FunctionName: z.string().optional(),
  Overrides: z.object({ ContainerOverrides: z.array(z.object({ Name: z.string() })).optional() }).optional(),
});

interface LogRequest {
  readonly execution: string;
  readonly parameters: string | null;
  readonly from: Date;
  readonly to: Date | null;
}

/**
 * The log lines of a state's task or function within a time range. All executions share the log group. They run one at a
 * time, so the time range separates them; if two overlapped, the `execution_id` in JSON lines does.
 * @param parameters JSON text: the parameters of the call; null: the task or function was not called
 * @param to null: until now
 */
export async function readStateLog(
  deployment: Deployment,
  { execution, parameters, from, to }: LogRequest,
): Promise<LogLines> {
  const group = await findLogGroup(deployment, parameters);
  if (group === undefined) return { lines: [], truncated: false, group: null };
  const { events = [], nextToken } = await deployment.logs.send(
    new FilterLogEventsCommand({
      logGroupName: group,
      startTime: from.getTime(),
      endTime: (to ?? new Date()).getTime() + LATE_MS,
      limit: MAX_LINES,
    }),
  );
  return {
    lines: events.flatMap((event) => viewLine(event, execution)),
    truncated: Boolean(nextToken),
    group,
  };
}

const groups = new WeakMap<Deployment, Map<string, string>>();

/** CloudFormation names a group after the stack and the logical id, with a random suffix. */
async function findLogGroup(deployment: Deployment, parameters: string | null): Promise<string | undefined> {
  const { logs, names } = deployment;
  const logicalId = logicalIdOf(parameters, names);
  if (logicalId === undefined) return undefined;
  const known = groups.get(deployment) ?? new Map<string, string>();
  groups.set(deployment, known);
  const found = known.get(logicalId);
  if (found !== undefined) return found;
  const prefix = `${names.prefix}Daybook-${logicalId}`;
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }));
  const name = logGroups[0]?.logGroupName;
  if (name !== undefined) known.set(logicalId, name);
  return name;
}

/** Without the trailing hash: `Tasksvalidatelog`, `SmallBatchesstagelog`, `Functionssettlelog`. */
function logicalIdOf(parameters: string | null, names: Deployment['names']): string | undefined {
  const called = parametersSchema.safeParse(JSON.parse(parameters ?? '{}')).data;
  const container = called?.Overrides?.ContainerOverrides?.[0]?.Name;
  if (container !== undefined) return `Tasks${container}log`;
  const name = called?.FunctionName?.split(':').at(-1) ?? '';
  if (name === names.settle) return 'Functionssettlelog';
  if (name === names.move) return 'Functionsmovelog';
  const taskPrefix = names.taskFunction('');
  return name.startsWith(taskPrefix) ? `SmallBatches${name.slice(taskPrefix.length)}log` : undefined;
}

const lineSchema = z.looseObject({
  level: z.string().optional(),
  message: z.string().optional(),
  execution_id: z.string().optional(),
});
/** Fields that are shown separately, or that are the same in every line. */
const OMITTED_FIELDS = [
  'level',
  'message',
  'timestamp',
  'execution_id',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'task',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
];

/** Empty for a line of another execution or of the platform. */
function viewLine({ timestamp = 0, message = '' }: FilteredLogEvent, execution: string): LogLine[] {
  const at = new Date(timestamp).toISOString();
  const text = message.trimEnd();
  const parsed = lineSchema.safeParse(text.startsWith('{') ? jsonOrUndefined(text) : undefined);
  if (!parsed.success) {
    return text === '' || PLATFORM_LINE.test(text) ? [] : [{ at, level: null, message: text, fields: null }];
  }
  const { level = null, message: logMessage = '', execution_id } = parsed.data;
  if (execution_id !== undefined && execution_id !== execution) return [];
  // Metrics in CloudWatch's embedded metric format.
  if ('_aws' in parsed.data) return [];
  const rest = Object.entries(parsed.data).filter(([name]) => !OMITTED_FIELDS.includes(name));
  return [
    {
      at,
      level,
      message: logMessage,
      fields: rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : null,
    },
  ];
}
