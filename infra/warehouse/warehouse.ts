import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../../domain/names';
import type { FunctionNetwork } from '../function-network';
import type { Network } from '../network';
import { AuroraCluster } from './aurora-cluster';

/** `aurora`: a cluster of this stack. `server`: an existing PostgreSQL server, whose address is in a secret. */
export type WarehouseOptions =
  | { readonly kind: 'aurora'; readonly maxCapacity: number }
  | { readonly kind: 'server'; readonly secretArn?: string | undefined };

/** 8 GiB at the most. */
export const DEFAULT_CAPACITY = 4;

/** How tasks and ingest reach the warehouse. */
export interface Warehouse {
  /** The address, or the account alone. */
  readonly secret: ISecret;
  /** `host:port/database`, where the secret has the account alone. */
  readonly server?: string;
  /** Where functions must be to reach it; undefined: anywhere. */
  readonly network?: FunctionNetwork | undefined;
}

interface WarehouseProps {
  readonly names: ResourceNames;
  readonly network: Network;
  /** Whether ingest writes to it, too. */
  readonly hasEvents: boolean;
}

export function defineWarehouse(
  scope: Construct,
  options: WarehouseOptions,
  { names, network, hasEvents }: WarehouseProps,
): Warehouse {
  if (options.kind === 'aurora') {
    const { maxCapacity } = options;
    return new AuroraCluster(scope, 'Aurora', { network, maxCapacity, hasEvents });
  }
  const { secretArn } = options;
  const secret =
    secretArn === undefined
      ? addressSecret(scope, names)
      : Secret.fromSecretCompleteArn(scope, 'Warehouse', secretArn);
  // Without public addresses, the subnets have another way to the APIs of AWS, which functions in them can take as well.
  return { secret, ...(network.assignPublicIp === 'DISABLED' && { network: network.ofFunctions }) };
}

/**
 * The secret with the address of a server; only the task `load` and ingest can read it. Until somebody sets it, its text is no address, and loads
 * fail with a message that says so.
 */
function addressSecret(scope: Construct, names: ResourceNames): Secret {
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

/** The variables of a process that connects to the warehouse. */
export const warehouseVariables = ({ secret, server }: Warehouse): Record<string, string> => ({
  WAREHOUSE_SECRET_ARN: secret.secretArn,
  ...(server !== undefined && { WAREHOUSE_SERVER: server }),
});
