import type { Access } from '../iam/access';
import type { FunctionConfig } from './function-config';

/**
 * The permissions that Lambda itself needs from a function's role: to write logs and, if active, traces. The endpoint
 * receives no such request. Without the permission Lambda still runs the function, so a refusal is only logged.
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
