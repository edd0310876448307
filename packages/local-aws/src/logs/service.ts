import { jsonService } from '../endpoint/json-protocol';
import type { LocalService, RequestContext } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import { LogGroups, type LogSource } from './log-groups';
import { describeLogGroups, filterLogEvents } from './operations';

/** The read operations of CloudWatch Logs, over the log files of functions and tasks. */
export function createLogsService(sources: readonly LogSource[]): LocalService {
  return jsonService({
    name: 'logs',
    target: 'Logs_20140328',
    version: '1.1',
    state: new LogGroups(sources),
    denial: ACCESS_DENIED_EXCEPTION,
    close: async () => {},
    access: {
      DescribeLogGroups: (_, context) => [{ action: 'logs:DescribeLogGroups', resource: arn('*', context) }],
      FilterLogEvents: ({ logGroupName, logGroupIdentifier }, context) => [
        {
          action: 'logs:FilterLogEvents',
          resource: arn(String(logGroupName ?? logGroupIdentifier), context),
        },
      ],
    },
    operations: { DescribeLogGroups: describeLogGroups, FilterLogEvents: filterLogEvents },
  });
}

function arn(group: string, { region, account }: RequestContext): string {
  return group.startsWith('arn:') ? group : `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
}
