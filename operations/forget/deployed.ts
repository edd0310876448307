import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { catalog } from '../../catalog/catalog';
import type { Lake } from '../../lake/lake';
import { loadConfig } from '../../runtime/config';
import { secretText } from '../../storage/secret';
import { MAINTAIN_VARIABLES } from '../../tasks/maintain/config';
import { fileRules } from '../../tasks/validate/validate';
import { readValidateSettings } from '../contracts/deployed-settings';
import { clientConfig, type Deployment } from '../deployment';
import { servingOf } from '../refresh-serving';
import { type ForgetDeps, type ForgetRequest, forget } from './forget';
import { dynamoDbReasons } from './ledger-reasons';
import type { ForgetReceipt } from './receipt';
import type { Retention } from './tables';

/**
 * Forgets a person in a deployment, with the settings of its functions; see {@link forget}.
 * @param lake of the deployment
 * @throws as `forget`; errors of AWS, such as a missing permission
 */
export async function forgetInDeployment(
  deployment: Deployment,
  lake: Lake,
  request: ForgetRequest,
  {
    onProgress,
    onWarning,
  }: { readonly onProgress: (place: string) => void; readonly onWarning: (text: string) => void },
): Promise<ForgetReceipt> {
  const { s3, bucket, dynamoDb, names } = deployment;
  const settings = await readValidateSettings(deployment);
  const deps: ForgetDeps = {
    lake,
    catalog,
    rules: fileRules(
      catalog,
      {
        MAX_BAD_ROW_SHARE: settings.maxBadRowShare,
        REPORTING_TIME_ZONE: settings.timeZone,
        CURRENCY: settings.currency,
      },
      () => readPseudonymKey(names.pseudonymKey),
    ),
    retention: await readRetention(s3, bucket),
    ledger: dynamoDbReasons(dynamoDb, names.ledgerTable),
    onProgress,
    ...(await servingOf(deployment, lake, 'forget', onWarning)),
  };
  return forget(request, deps);
}

function readPseudonymKey(name: string): Promise<string> {
  const { isLocal: _, ...config } = clientConfig(process.env);
  return secretText(name, config);
}

/** How long a deployment keeps what is not current: by its bucket, and by the variables of maintenance. */
export async function readRetention(s3: S3Client, bucket: string): Promise<Retention> {
  const { FILE_RETENTION_DAYS: fileDays, LOG_RETENTION_DAYS: logDays } = loadConfig(
    process.env,
    MAINTAIN_VARIABLES,
  );
  return { fileDays, logDays, oldVersionDays: await readOldVersionDays(s3, bucket) };
}

async function readOldVersionDays(s3: S3Client, Bucket: string): Promise<number | null> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  if (Status === undefined) return 0;
  try {
    const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    const days = Rules.filter(
      ({ Status: status, Filter, Prefix }) => status === 'Enabled' && !Prefix && !Filter?.Prefix,
    )
      .flatMap(({ NoncurrentVersionExpiration: expiration }) => expiration?.NoncurrentDays ?? [])
      .sort((a, b) => a - b);
    return days[0] ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchLifecycleConfiguration') return null;
    throw error;
  }
}
