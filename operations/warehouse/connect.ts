import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { connectWarehouse, serverOf, type Warehouse } from '../../serving/warehouse/connection';
import { dialectFor } from '../../serving/warehouse/dialects';
import { warehouseAddress } from '../../serving/warehouse/warehouse-secret';
import { secretText } from '../../storage/secret';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';

/** The settings by which a deployment loads its warehouse. */
export interface WarehouseSettings {
  /** The reporting time zone. */
  readonly timeZone: string;
  /** ISO 4217 code of the shop's currency. */
  readonly currency: string | undefined;
  /** The secret with the address. */
  readonly secretArn: string;
  /** `host:port/database`, if the secret has only the account. */
  readonly server: string | undefined;
  /** The role by which Redshift reads rows from the bucket, if the warehouse is Redshift. */
  readonly copyRoleArn: string | undefined;
  /** Region, endpoint and credentials of the deployment. */
  readonly client: SecretsManagerClientConfig;
}

const variablesSchema = z.object({
  REPORTING_TIME_ZONE: z.string().default('UTC'),
  CURRENCY: z.string().optional(),
  WAREHOUSE_SECRET_ARN: z.string(),
  WAREHOUSE_SERVER: z.string().optional(),
  WAREHOUSE_COPY_ROLE_ARN: z.string().optional(),
});

/**
 * Those of the function that loads; undefined for a deployment without a warehouse.
 * @throws errors of AWS, such as a missing permission
 */
export async function findWarehouseSettings({
  lambda,
  names,
}: Pick<Deployment, 'lambda' | 'names'>): Promise<WarehouseSettings | undefined> {
  const FunctionName = names.taskFunction('load');
  try {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const variables = variablesSchema.parse(Environment?.Variables ?? {});
    const { region, credentials, endpoint } = lambda.config;
    return {
      timeZone: variables.REPORTING_TIME_ZONE,
      currency: variables.CURRENCY,
      secretArn: variables.WAREHOUSE_SECRET_ARN,
      server: variables.WAREHOUSE_SERVER,
      copyRoleArn: variables.WAREHOUSE_COPY_ROLE_ARN,
      client: { region, credentials, ...(endpoint && { endpoint }) },
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** @throws DeploymentError for a deployment without a warehouse */
export async function readWarehouseSettings(deployment: Deployment): Promise<WarehouseSettings> {
  const settings = await findWarehouseSettings(deployment);
  if (settings) return settings;
  throw new DeploymentError(
    'this deployment has no warehouse: start it with daybook local --warehouse, or deploy it with -c warehouse=aurora, server or redshift',
  );
}

/**
 * The address of the warehouse, with its password.
 * @throws WarehouseError if the secret has none; errors of Secrets Manager
 */
export async function readWarehouseAddress({
  secretArn,
  server,
  client,
}: WarehouseSettings): Promise<string> {
  return warehouseAddress(await secretText(secretArn, client), secretArn, server);
}

/**
 * Runs work with a connection to the warehouse.
 * @param work its second parameter is host, port and database
 * @throws WarehouseError
 */
export async function withWarehouse<Result>(
  settings: WarehouseSettings,
  work: (warehouse: Warehouse, server: string) => Promise<Result>,
): Promise<Result> {
  const address = await readWarehouseAddress(settings);
  const warehouse = await connectWarehouse(address, dialectFor(settings.copyRoleArn));
  try {
    return await work(warehouse, serverOf(address));
  } finally {
    await warehouse.end();
  }
}
