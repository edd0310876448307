import { z } from 'zod';
import { queryOperation } from '../endpoint/query-protocol';
import { AwsError } from '../endpoint/service';
import type { Iam } from '../iam/iam';

/** Session policies, external ids and tags are refused, because nothing here evaluates them. */
export const assumeRole = queryOperation({
  input: z.strictObject({
    Action: z.string(),
    Version: z.string(),
    RoleArn: z.string().min(20),
    RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/),
    DurationSeconds: z.coerce.number().int().min(900).max(43_200).default(3600),
  }),
  run(
    { RoleArn, RoleSessionName, DurationSeconds },
    iam: Pick<Iam, 'assumeAs' | 'issueKeys'> | undefined,
    { caller },
  ) {
    const session = iam?.assumeAs(caller, RoleArn, RoleSessionName);
    if (!iam || !session) {
      throw new AwsError(
        'AccessDenied',
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
        403,
      );
    }
    const expires = new Date(Date.now() + DurationSeconds * 1000);
    const { accessKeyId, secretAccessKey, sessionToken } = iam.issueKeys(session, expires);
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expires.toISOString(),
      },
      AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId },
    };
  },
});
