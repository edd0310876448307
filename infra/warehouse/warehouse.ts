import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CompositePrincipal, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../../domain/names';
import { COPIED_ROWS } from '../../domain/object-keys';
import type { FunctionNetwork } from '../function-network';
import { grantObjects } from '../grants';
import type { Network } from '../network';
import { AuroraCluster } from './aurora-cluster';

/**
 * `aurora`: a cluster of this stack. `server`: an existing PostgreSQL server, whose address is in a secret; `redshift`: the same with a cluster or
 * workgroup of Redshift.
 */
export type WarehouseOptions =
  | { readonly kind: 'aurora'; readonly maxCapacity: number }
  | { readonly kind: 'server' | 'redshift'; readonly secretArn?: string | undefined };

/** Where tasks connect to a server that is not of this stack. */
export const SERVER_PORTS = { server: 5432, redshift: 5439 } as const;

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
  /** The role by which Redshift reads rows from the bucket, if the warehouse is Redshift. Ingest writes only to others. */
  readonly copyRole?: IRole | undefined;
}

interface WarehouseProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly network: Network;
  /** Whether ingest writes to it, too. */
  readonly hasEvents: boolean;
}

export function defineWarehouse(
  scope: Construct,
  options: WarehouseOptions,
  { names, bucket, network, hasEvents }: WarehouseProps,
): Warehouse {
  if (options.kind === 'aurora') {
    const { maxCapacity } = options;
    return new AuroraCluster(scope, 'Aurora', { network, maxCapacity, hasEvents });
  }
  const { kind, secretArn } = options;
  const secret =
    secretArn === undefined
      ? addressSecret(scope, names)
      : Secret.fromSecretCompleteArn(scope, 'Warehouse', secretArn);
  // Without public addresses, the subnets have another way to the APIs of AWS, which functions in them can take as well.
  return {
    secret,
    ...(network.assignPublicIp === 'DISABLED' && { network: network.ofFunctions }),
    ...(kind === 'redshift' && { copyRole: copyRole(scope, bucket) }),
  };
}

/** Reads what a load puts into the bucket for COPY, and nothing else. Whoever runs Redshift attaches it there. */
function copyRole(scope: Construct, bucket: Bucket): Role {
  const role = new Role(scope, 'WarehouseCopyRole', {
    description: 'Daybook: Redshift reads the rows of a load',
    assumedBy: new CompositePrincipal(
      new ServicePrincipal('redshift.amazonaws.com'),
      new ServicePrincipal('redshift-serverless.amazonaws.com'),
    ),
  });
  grantObjects(bucket, role, { read: [COPIED_ROWS], list: [COPIED_ROWS] });
  return role;
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
export const warehouseVariables = ({ secret, server, copyRole }: Warehouse): Record<string, string> => ({
  WAREHOUSE_SECRET_ARN: secret.secretArn,
  ...(server !== undefined && { WAREHOUSE_SERVER: server }),
  ...(copyRole && { WAREHOUSE_COPY_ROLE_ARN: copyRole.roleArn }),
});
