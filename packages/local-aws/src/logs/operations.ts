import { z } from 'zod';
import { operation } from '../endpoint/json-protocol';
import { AwsError } from '../endpoint/service';
import { filterPattern } from './filter-pattern';
import { readLog } from './log-file';
import type { LogGroups } from './log-groups';

const describeInput = z.object({
  logGroupNamePrefix: z.string().optional(),
  nextToken: z.string().optional(),
  limit: z.number().int().min(1).max(50).default(50),
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export const describeLogGroups = operation<LogGroups, z.infer<typeof describeInput>>({
  input: describeInput,
  run({ logGroupNamePrefix = '', nextToken = '', limit }, groups, { region, account }) {
    const names = groups.names().filter((name) => name.startsWith(logGroupNamePrefix) && name > nextToken);
    const page = names.slice(0, limit);
    return {
      logGroups: page.map((logGroupName) => ({
        logGroupName,
        arn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*`,
        logGroupArn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`,
      })),
      ...(names.length > limit && { nextToken: page.at(-1) }),
    };
  },
});

const filterInput = z
  .object({
    logGroupName: z.string().optional(),
    logGroupIdentifier: z.string().optional(),
    logStreamNames: z.array(z.string()).optional(),
    startTime: z.number().default(0),
    endTime: z.number().default(Number.POSITIVE_INFINITY),
    filterPattern: z.string().default(''),
    nextToken: z.string().regex(/^\d+$/).optional(),
    limit: z.number().int().min(1).max(10_000).default(10_000),
  })
  .refine((input) => groupOf(input) !== '', 'expected logGroupName or logGroupIdentifier');

/**
 * Oldest first, from `startTime` to `endTime`, both included.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const filterLogEvents = operation<LogGroups, z.infer<typeof filterInput>>({
  input: filterInput,
  run({ logStreamNames, startTime, endTime, nextToken = '0', limit, ...input }, groups) {
    const group = groupOf(input);
    if (!groups.has(group)) {
      throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    const matches = filterPattern(input.filterPattern);
    const events = groups
      .streams(group, startTime)
      .filter(({ stream }) => logStreamNames === undefined || logStreamNames.includes(stream))
      .flatMap(({ stream, file }) =>
        readLog(file, startTime)
          .filter(({ timestamp, message }) => timestamp <= endTime && matches(message))
          .map(({ timestamp, message, offset }) => ({
            logStreamName: stream,
            timestamp,
            message,
            ingestionTime: timestamp,
            eventId: `${stream}:${offset}`,
          })),
      )
      .sort((a, b) => a.timestamp - b.timestamp);
    const end = Number(nextToken) + limit;
    return {
      events: events.slice(Number(nextToken), end),
      searchedLogStreams: [],
      ...(end < events.length && { nextToken: String(end) }),
    };
  },
});

/** By name, or by ARN. */
function groupOf({
  logGroupName,
  logGroupIdentifier,
}: {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}): string {
  const named = logGroupName ?? logGroupIdentifier ?? '';
  return named.startsWith('arn:') ? named.split(':').slice(6).join(':').replace(/:\*$/, '') : named;
}
