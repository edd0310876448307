import type { ResourceType } from './resource';
import { dynamoDbTable } from './resources/dynamodb-table';
import { ecsCluster } from './resources/ecs-cluster';
import { ecsTaskDefinition } from './resources/ecs-task-definition';
import { emrServerlessApplication } from './resources/emr-serverless-application';
import { eventSourceMapping } from './resources/event-source-mapping';
import { eventsRule } from './resources/events-rule';
import { httpApi, httpIntegration, httpRoute, httpStage } from './resources/http-api';
import { iamManagedPolicy, iamPolicy } from './resources/iam-policies';
import { iamRole } from './resources/iam-role';
import { kinesisStream } from './resources/kinesis-stream';
import { lambdaFunction } from './resources/lambda-function';
import { lambdaPermission } from './resources/lambda-permission';
import { logGroup } from './resources/log-group';
import { s3BucketPolicy, snsTopicPolicy, sqsQueuePolicy } from './resources/resource-policies';
import { s3Bucket } from './resources/s3-bucket';
import { schedule } from './resources/schedule';
import { secret } from './resources/secret';
import { snsSubscription } from './resources/sns-subscription';
import { snsTopic } from './resources/sns-topic';
import { sqsQueue } from './resources/sqs-queue';
import { stateMachine } from './resources/state-machine';

export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  [
    dynamoDbTable,
    ecsCluster,
    ecsTaskDefinition,
    emrServerlessApplication,
    eventSourceMapping,
    eventsRule,
    httpApi,
    httpIntegration,
    httpRoute,
    httpStage,
    iamManagedPolicy,
    iamPolicy,
    iamRole,
    kinesisStream,
    lambdaFunction,
    lambdaPermission,
    logGroup,
    s3Bucket,
    s3BucketPolicy,
    schedule,
    secret,
    snsSubscription,
    snsTopic,
    snsTopicPolicy,
    sqsQueue,
    sqsQueuePolicy,
    stateMachine,
  ].map((type) => [type.type, type]),
);

/**
 * Types without effect locally (networks, keys, metrics, alarms, the catalogue of tables), with the prefix of their ids.
 */
export const PLACEHOLDER_TYPES: Readonly<Record<string, string>> = {
  'AWS::Athena::NamedQuery': 'named-query',
  'AWS::Athena::WorkGroup': 'workgroup',
  'AWS::CDK::Metadata': 'metadata',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::Dashboard': 'dashboard',
  'AWS::EC2::FlowLog': 'fl',
  'AWS::EC2::InternetGateway': 'igw',
  'AWS::EC2::Route': 'r',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EC2::SecurityGroupEgress': 'sgr',
  'AWS::EC2::SecurityGroupIngress': 'sgr',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::SubnetRouteTableAssociation': 'rtbassoc',
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::VPCEndpoint': 'vpce',
  'AWS::EC2::VPCGatewayAttachment': 'igw-attachment',
  'AWS::ECR::Repository': 'repository',
  'AWS::ECS::ClusterCapacityProviderAssociations': 'capacity',
  'AWS::Glue::Database': 'database',
  'AWS::Glue::Table': 'table',
  'AWS::KMS::Alias': 'alias',
  'AWS::KMS::Key': 'key',
  'AWS::Lambda::EventInvokeConfig': 'invoke-config',
  'AWS::Logs::MetricFilter': 'metric-filter',
};
