import {
  DescribeLogGroupsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import type { Deployment } from '../deployment';
import type { LogLine, LogLines } from './views';

/** How late a line may come to its log, and how long after its state an image's process may still write. */
const LATE_MS = 5000;
const MOST_LINES = 1000;
/** Of all lines, which the runtime writes about itself, nothing that helps. */
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
 * What a state's task or function wrote from a time on. Its log group is shared by all executions; as these run one at a
 * time, the time tells them apart, and where two ran beside each other what the lines in JSON say does.
 * @param parameters JSON text: what the task or function was called with; null: it was not called
 * @param to null: up to now
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
      limit: MOST_LINES,
    }),
  );
  return {
    lines: events.flatMap((event) => viewLine(event, execution)),
    truncated: Boolean(nextToken),
    group,
  };
}

const groups = new WeakMap<Deployment, Map<string, string>>();

/** Groups have the names that CloudFormation made of the template's: the stack, the logical id and a random end. */
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

/** Without the hash at its end: `Tasksvalidatelog`, `SmallBatchesstagelog`, `Functionssettlelog`. */
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
/** Told by other fields, or the same in every line. */
const LEFT_OUT = [
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

/** None of a line that another execution wrote, or the platform. */
function viewLine({ timestamp = 0, message = '' }: FilteredLogEvent, execution: string): LogLine[] {
  const at = new Date(timestamp).toISOString();
  const text = message.trimEnd();
  const parsed = lineSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return text === '' || PLATFORM_LINE.test(text) ? [] : [{ at, level: null, message: text, fields: null }];
  }
  const { level = null, message: words = '', execution_id } = parsed.data;
  if (execution_id !== undefined && execution_id !== execution) return [];
  // Metrics in embedded format are for CloudWatch.
  if ('_aws' in parsed.data) return [];
  const rest = Object.entries(parsed.data).filter(([name]) => !LEFT_OUT.includes(name));
  return [
    {
      at,
      level,
      message: words,
      fields: rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : null,
    },
  ];
}

function parseJson(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
