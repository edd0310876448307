import { Aws, Validations } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Intake } from './intake';
import type { KpiTables } from './kpi-tables';

/** A VPC that is there already. */
export interface GivenNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Where the subnets are public; without, the VPC must have its own way to ECR, CloudWatch Logs, S3 and DynamoDB. */
  readonly assignPublicIp: boolean;
}

interface NetworkProps {
  readonly given?: GivenNetwork;
  readonly intake: Intake;
  readonly tables: KpiTables;
}

/**
 * Where the tasks run: a VPC with public subnets alone, no NAT to pay for while idle, nothing that listens; S3 and
 * DynamoDB are reached through gateway endpoints. Or a given VPC, left as it is but for a security group.
 */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly subnetIds: readonly string[];
  readonly securityGroup: SecurityGroup;
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { given } = props;
    if (given) {
      // The zones are not asked for, and an attribute that CDK wants.
      this.vpc = Vpc.fromVpcAttributes(this, 'Given', { vpcId: given.vpcId, availabilityZones: ['any'] });
      this.subnetIds = given.subnetIds;
    } else {
      const vpc = publicVpc(this, props);
      this.vpc = vpc;
      this.subnetIds = vpc.publicSubnets.map(({ subnetId }) => subnetId);
    }
    // Without a NAT, a public address is the way to the image and the logs.
    this.assignPublicIp = given && !given.assignPublicIp ? 'DISABLED' : 'ENABLED';
    this.securityGroup = new SecurityGroup(this, 'Tasks', {
      vpc: this.vpc,
      description: 'Daybook tasks: no ingress, out to HTTPS alone',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs');
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
      'Nothing in this VPC listens: its only interfaces are those of tasks that live for minutes, take no connection and open none but to HTTPS. Who must log flows gives a VPC that does.',
  });
  // An endpoint says which resources can be reached, whoever asks; a role says what may be done with them.
  const reach = (actions: string[], resources: string[]) =>
    new PolicyStatement({ principals: [new AnyPrincipal()], actions, resources });
  const s3 = vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
  s3.addToPolicy(reach(['s3:*'], [intake.bucket.bucketArn, intake.bucket.arnForObjects('*')]));
  // The layers of images: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
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
