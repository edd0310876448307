import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';

/** `server`: an existing PostgreSQL server, whose address a person puts into the secret. */
export type WarehouseKind = 'server';

/**
 * The secret with the address of the warehouse; only the task `load` and ingest can read it. Until somebody sets it, its text is no address, and loads fail
 * with a message that says so.
 */
export function warehouseSecret(scope: Construct, names: ResourceNames): Secret {
  const secret = new Secret(scope, 'Warehouse', {
    secretName: names.warehouse,
    description: 'Daybook: the address of the warehouse, postgres://user:password@host:port/database',
    generateSecretString: { excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'The server is not of this stack, so whoever runs it changes the password there and here.',
  });
  return secret;
}
