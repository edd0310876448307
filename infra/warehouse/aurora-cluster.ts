import { Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnVPCCidrBlock,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  Port,
  SecurityGroup,
  Subnet,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { FunctionNetwork } from '../function-network';
import type { Network } from '../network';

interface AuroraClusterProps {
  readonly network: Network;
  /** In Aurora capacity units: 2 GiB of memory and the CPU that goes with them. */
  readonly maxCapacity: number;
  /** Whether ingest writes to it, which also needs the dead-letter queue. */
  readonly hasEvents: boolean;
}

const DATABASE = 'daybook';
const USER = 'daybook';
/** After the last connection: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html */
const PAUSE_AFTER = Duration.minutes(5);
const BACKUP = Duration.days(7);

/** Beside the public subnets of the VPC, whose own range is 10.0.0.0/16. */
const DATABASE_RANGE = '10.1.0.0/24';
const DATABASE_BLOCK_BITS = '7';

/**
 * Aurora Serverless v2 with one instance that pauses while nothing is connected. No address of it is reachable from outside the VPC; tasks and functions
 * connect to it by TLS, with an account whose password RDS keeps in a secret and rotates.
 */
export class AuroraCluster extends Construct {
  readonly secret: ISecret;
  readonly server: string;
  /** Where functions reach it. */
  readonly network: FunctionNetwork;

  constructor(scope: Construct, id: string, { network, maxCapacity, hasEvents }: AuroraClusterProps) {
    super(scope, id);
    const { vpc } = network;
    const own = network.own;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Daybook warehouse: PostgreSQL from tasks and functions alone',
      allowAllOutbound: false,
    });
    network.securityGroup.connections.allowTo(securityGroup, Port.POSTGRES, 'The warehouse');
    const subnets = own ? databaseSubnets(this, own) : [...network.subnets];
    const cluster = new DatabaseCluster(this, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
      writer: ClusterInstance.serverlessV2('Writer', { publiclyAccessible: false }),
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: maxCapacity,
      serverlessV2AutoPauseDuration: PAUSE_AFTER,
      vpc,
      securityGroups: [securityGroup],
      vpcSubnets: { subnets },
      credentials: Credentials.fromUsername(USER),
      manageMasterUserPassword: true,
      iamAuthentication: true,
      defaultDatabaseName: DATABASE,
      parameters: { 'rds.force_ssl': '1' },
      storageEncrypted: true,
      backup: { retention: BACKUP },
      copyTagsToSnapshot: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(cluster).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason: 'Only the tasks and functions of the stack can reach the port, and clients expect it.',
    });
    if (!cluster.secret) throw new Error('a cluster with a managed password has a secret');
    this.secret = cluster.secret;
    this.server = `${cluster.clusterEndpoint.hostname}:${cluster.clusterEndpoint.port}/${DATABASE}`;
    this.network = network.ofFunctions;
    // A VPC of others must provide the way to AWS itself.
    if (own) endpoints(this, own, { network, hasEvents });
  }
}

/** Two subnets without any route out of the VPC, in a range of their own, so that those of a deployed VPC stay as they are. */
function databaseSubnets(scope: Construct, vpc: Vpc): ISubnet[] {
  const range = new CfnVPCCidrBlock(scope, 'Range', { vpcId: vpc.vpcId, cidrBlock: DATABASE_RANGE });
  return vpc.availabilityZones.map((availabilityZone, at) => {
    const subnet = new Subnet(scope, `Subnet${at + 1}`, {
      vpcId: vpc.vpcId,
      availabilityZone,
      cidrBlock: Fn.select(at, Fn.cidr(DATABASE_RANGE, 2, DATABASE_BLOCK_BITS)),
      mapPublicIpOnLaunch: false,
    });
    subnet.node.addDependency(range);
    return subnet;
  });
}

/** Functions in the VPC have no public address. One zone each: an interface is billed by the hour. */
function endpoints(
  scope: Construct,
  vpc: Vpc,
  { network, hasEvents }: Pick<AuroraClusterProps, 'network' | 'hasEvents'>,
): void {
  const securityGroup = new SecurityGroup(scope, 'EndpointSecurityGroup', {
    vpc,
    description: 'Daybook: APIs of AWS for tasks and functions',
    allowAllOutbound: false,
  });
  securityGroup.addIngressRule(network.securityGroup, Port.HTTPS, 'Tasks and functions');
  const define = (id: string, service: InterfaceVpcEndpointAwsService) =>
    vpc.addInterfaceEndpoint(`${id}Endpoint`, {
      service,
      subnets: { subnets: vpc.publicSubnets.slice(0, 1) },
      securityGroups: [securityGroup],
      open: false,
    });
  define('Secrets', InterfaceVpcEndpointAwsService.SECRETS_MANAGER);
  if (hasEvents) define('Queues', InterfaceVpcEndpointAwsService.SQS);
}
