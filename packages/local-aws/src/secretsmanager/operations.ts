import { z } from 'zod';
import { operation } from '../endpoint/json-protocol';
import { versionNotFound } from './errors';
import type { Secret, SecretStore } from './store';

const CURRENT = 'AWSCURRENT';
const SecretId = z.string().min(1).max(2048);

const getInput = z.object({
  SecretId,
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export const getSecretValue = operation<SecretStore, z.infer<typeof getInput>>({
  input: getInput,
  run({ SecretId: id, VersionId = undefined, VersionStage = CURRENT }, store) {
    const secret = store.secret(id);
    if (VersionStage !== CURRENT) throw versionNotFound(`staging label: ${VersionStage}`);
    if (VersionId !== undefined && VersionId !== secret.versionId)
      throw versionNotFound(`VersionId: ${VersionId}`);
    return {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: secret.value,
      VersionId: secret.versionId,
      VersionStages: [CURRENT],
      CreatedDate: seconds(secret.changedAt),
    };
  },
});

const describeInput = z.object({ SecretId });

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
export const describeSecret = operation<SecretStore, z.infer<typeof describeInput>>({
  input: describeInput,
  run({ SecretId: id }, store) {
    const secret: Secret = store.secret(id);
    return {
      ARN: secret.arn,
      Name: secret.name,
      ...(secret.description !== undefined && { Description: secret.description }),
      CreatedDate: seconds(secret.createdAt),
      LastChangedDate: seconds(secret.changedAt),
      RotationEnabled: false,
      VersionIdsToStages: { [secret.versionId]: [CURRENT] },
    };
  },
});

const seconds = (milliseconds: number) => milliseconds / 1000;
