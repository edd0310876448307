import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { catalog } from '../../catalog/catalog';
import type { ServedMart } from '../../domain/mart';
import { compactMillis } from '../../domain/time';
import { DuckDb } from '../../engine/duckdb/session';
import { TransactionMovedError } from '../../lake/errors';
import type { Lake } from '../../lake/lake';
import { loadConfig } from '../../runtime/config';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { REFRESH_LIFETIME_SECONDS } from '../../state-machine/timeouts';
import { secretText } from '../../storage/secret';
import { loadWarehouse } from '../../tasks/load/load-lake';
import { MAINTAIN_VARIABLES } from '../../tasks/maintain/config';
import { run as refresh } from '../../tasks/refresh/refresh';
import { fileRules } from '../../tasks/validate/validate';
import { readValidateSettings } from '../contracts/deployed-settings';
import { clientConfig, type Deployment } from '../deployment';
import { findWarehouseSettings, withWarehouse } from '../warehouse/connect';
import { type ForgetDeps, type ForgetRequest, forget } from './forget';
import { dynamoDbReasons } from './ledger-reasons';
import type { ForgetReceipt } from './receipt';
import type { Retention } from './tables';

/** Runs of refresh that may lose against an execution that commits first. */
const REFRESH_ATTEMPTS = 3;

/** Seconds to wait for another load. */
const LOAD_WAIT_SECONDS = 600;

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
  const config = { REPORTING_TIME_ZONE: settings.timeZone, REFRESH_LIFETIME_SECONDS };
  const warehouse = await findWarehouseSettings(deployment);
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
    refresh: () =>
      repeated(() =>
        refresh(
          { executionId: `forget-${compactMillis(lake.clock())}` },
          {
            catalog,
            bucket: lake.bucket,
            workDirectory: lake.workDirectory,
            openDuckDb: () => DuckDb.open({ tempDirectory: `${lake.workDirectory}/refresh` }),
            clock: lake.clock,
            logger: { info() {}, warn: onWarning, error: onWarning },
            config,
            storeOf: (mart: ServedMart) => dynamoDbStore(dynamoDb, names.table(mart.dynamoDb.table), mart),
          },
        ),
      ),
    ...(warehouse && {
      loadWarehouse: () =>
        withWarehouse(warehouse, async (connection) => {
          const rules = { catalog, ...warehouse };
          const { changed } = await loadWarehouse(lake, connection, rules, {
            waitSeconds: LOAD_WAIT_SECONDS,
          });
          return changed;
        }),
    }),
  };
  return forget(request, deps);
}

/** An execution that refreshes the marts at the same time can commit first. */
async function repeated<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransactionMovedError) || attempt === REFRESH_ATTEMPTS) throw error;
    }
  }
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
