import { catalog } from '../catalog/catalog';
import type { ServedMart } from '../domain/mart';
import { compactMillis } from '../domain/time';
import type { RefreshResult } from '../domain/workflow';
import { DuckDb } from '../engine/duckdb/session';
import { TransactionMovedError } from '../lake/errors';
import type { Lake } from '../lake/lake';
import { dynamoDbStore } from '../serving/dynamodb/dynamodb-store';
import { REFRESH_LIFETIME_SECONDS } from '../state-machine/timeouts';
import { loadWarehouse } from '../tasks/load/load-lake';
import { run as refresh } from '../tasks/refresh/refresh';
import { readValidateSettings } from './contracts/deployed-settings';
import type { Deployment } from './deployment';
import { findWarehouseSettings, withWarehouse } from './warehouse/connect';

/** Runs of refresh that may lose against an execution that commits first. */
const REFRESH_ATTEMPTS = 3;

/** Seconds to wait for another load. */
const LOAD_WAIT_SECONDS = 600;

/** Brings what is served up to date with staging/, after an operation changed rows there. A retry of either is safe. */
export interface Serving {
  /** The marts and DynamoDB, as the step transform does; undefined: there are none yet. */
  readonly refresh: () => Promise<Pick<RefreshResult, 'tables'> | undefined>;
  /** What changed into the warehouse. @returns changed rows by table; undefined: there is no warehouse */
  readonly loadWarehouse?: () => Promise<Readonly<Record<string, number>>>;
}

/**
 * With the settings of the deployment's functions.
 * @param operation in front of the execution id of the commits
 * @throws errors of AWS, such as a missing permission
 */
export async function servingOf(
  deployment: Deployment,
  lake: Lake,
  operation: string,
  onWarning: (text: string) => void = () => {},
): Promise<Serving> {
  const { dynamoDb, names } = deployment;
  const settings = await readValidateSettings(deployment);
  const config = { REPORTING_TIME_ZONE: settings.timeZone, REFRESH_LIFETIME_SECONDS };
  const warehouse = await findWarehouseSettings(deployment);
  return {
    refresh: () =>
      repeated(() =>
        refresh(
          { executionId: `${operation}-${compactMillis(lake.clock())}` },
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
