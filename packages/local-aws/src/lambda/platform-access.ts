import type { Access } from '../iam/access';
import type { FunctionConfig } from './function-config';

/**
 * What Lambda does with a function's role by itself: it writes the log and, where that is on, traces. No such request comes
 * to the endpoint, and without the right to it Lambda runs the function all the same, so that here the refusal is told and
 * nothing else.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function platformAccess(
  { logGroup, isTraced }: FunctionConfig,
  { account, region }: { readonly account: string; readonly region: string },
): Access[] {
  const stream = `arn:aws:logs:${region}:${account}:log-group:${logGroup}:log-stream:local`;
  return [
    ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: stream })),
    ...(isTraced ? ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] : []).map((action) => ({
      action,
      resource: '*',
    })),
  ];
}
