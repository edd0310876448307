import { Aws, Validations } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { FunctionNetwork } from './function-network';
import type { Intake } from './intake';
import type { KpiTables } from './kpi-tables';

/** An existing VPC. */
export interface GivenNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** True for public subnets. If false, the VPC must provide access to ECR, CloudWatch Logs, S3 and DynamoDB. */
  readonly assignPublicIp: boolean;
}

interface NetworkProps {
  readonly given?: GivenNetwork;
  readonly intake: Intake;
  readonly tables: KpiTables;
  /** The port at which tasks connect to a warehouse anywhere. */
  readonly warehousePort?: number | undefined;
}

/**
 * The network of the tasks: a VPC with public subnets only, without a NAT that costs money while idle, without open ports, and
 * with gateway endpoints for S3 and DynamoDB. Or an existing VPC, to which only a security group is added.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** The VPC, if it is of this stack. */
  readonly own: Vpc | undefined;
  readonly subnets: readonly ISubnet[];
  readonly securityGroup: SecurityGroup;
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { given } = props;
    if (given) {
      // CDK requires the availability zones, but nothing uses them.
      this.vpc = Vpc.fromVpcAttributes(this, 'Given', { vpcId: given.vpcId, availabilityZones: ['any'] });
      this.subnets = given.subnetIds.map((id) => Subnet.fromSubnetId(this, id, id));
    } else {
      this.own = publicVpc(this, props);
      this.vpc = this.own;
      this.subnets = this.own.publicSubnets;
    }
    // Without a NAT, tasks need a public address to reach ECR and CloudWatch Logs.
    this.assignPublicIp = given && !given.assignPublicIp ? 'DISABLED' : 'ENABLED';
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Daybook tasks: no ingress, out to HTTPS alone',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs');
    if (props.warehousePort !== undefined)
      this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(props.warehousePort), 'The warehouse');
  }

  get subnetIds(): string[] {
    return this.subnets.map(({ subnetId }) => subnetId);
  }

  /** For functions that connect to something in the VPC. */
  get ofFunctions(): FunctionNetwork {
    return {
      vpc: this.vpc,
      vpcSubnets: { subnets: [...this.subnets] },
      securityGroups: [this.securityGroup],
      allowPublicSubnet: true,
    };
  }
}

function publicVpc(scope: Construct, { intake, tables }: NetworkProps): Vpc {
  const vpc = new Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }],
  });
  Validations.of(vpc).acknowledge({
    id: 'AwsSolutions-VPC7',
    reason:
      'Nothing in this VPC accepts connections: its only interfaces belong to tasks that run for minutes and open only HTTPS connections. If flow logs are required, use an existing VPC that has them.',
  });
  // An endpoint policy defines which resources can be reached by any caller; a role defines which actions are allowed.
  const reach = (actions: string[], resources: string[]) =>
    new PolicyStatement({ principals: [new AnyPrincipal()], actions, resources });
  const s3 = vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
  s3.addToPolicy(reach(['s3:*'], [intake.bucket.bucketArn, intake.bucket.arnForObjects('*')]));
  // Image layers: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
  const layers = `arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`;
  s3.addToPolicy(reach(['s3:GetObject'], [layers]));
  const dynamoDb = vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
  dynamoDb.addToPolicy(
    reach(
      ['dynamodb:*'],
      [...tables.tables.values()].map(({ tableArn }) => tableArn),
    ),
  );
  return vpc;
}
