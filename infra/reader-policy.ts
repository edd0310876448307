import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { ATHENA_RESULTS, KPIS, MARTS, STAGING } from '../domain/object-keys';
import { acknowledgeWildcards } from './wildcards';

/** The prefixes of the lake's tables. */
const LAKE = [STAGING, KPIS, MARTS];

const LISTS = ['athena:ListDataCatalogs', 'athena:ListEngineVersions', 'athena:ListWorkGroups'];

/**
 * The policy for people and BI tools that query the lake: they read its tables in Glue and S3 and run queries in its workgroup. It
 * allows no change of a table, and reads neither input files nor results of executions.
 */
export function readerPolicy(
  scope: Construct,
  { names, bucket }: { names: ResourceNames; bucket: Bucket },
): ManagedPolicy {
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName?: string) =>
    stack.formatArn({
      service,
      resource,
      ...(resourceName === undefined
        ? { arnFormat: ArnFormat.NO_RESOURCE_NAME }
        : { resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
    });
  const below = (prefixes: readonly string[]) => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const tables = arn('glue', 'table', `${names.database}/*`);
  const policy = new ManagedPolicy(scope, 'Readers', {
    managedPolicyName: names.readerPolicy,
    description: 'Daybook: queries of the lake with Athena, Spark and BI tools',
    statements: [
      new PolicyStatement({
        actions: ['glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables'],
        resources: [arn('glue', 'catalog'), arn('glue', 'database', names.database), tables],
      }),
      // Athena looks at this database, whichever is queried.
      new PolicyStatement({ actions: ['glue:GetDatabase'], resources: [arn('glue', 'database', 'default')] }),
      new PolicyStatement({
        actions: [
          'athena:BatchGetNamedQuery',
          'athena:BatchGetQueryExecution',
          'athena:GetNamedQuery',
          'athena:GetQueryExecution',
          'athena:GetQueryResults',
          'athena:GetQueryResultsStream',
          'athena:GetQueryRuntimeStatistics',
          'athena:GetWorkGroup',
          'athena:ListNamedQueries',
          'athena:ListQueryExecutions',
          'athena:StartQueryExecution',
          'athena:StopQueryExecution',
        ],
        resources: [arn('athena', 'workgroup', names.workgroup)],
      }),
      new PolicyStatement({
        actions: [
          'athena:GetDataCatalog',
          'athena:GetDatabase',
          'athena:GetTableMetadata',
          'athena:ListDatabases',
          'athena:ListTableMetadata',
        ],
        resources: [arn('athena', 'datacatalog', 'AwsDataCatalog')],
      }),
      new PolicyStatement({ actions: LISTS, resources: ['*'] }),
      new PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [bucket.bucketArn] }),
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [...LAKE, ATHENA_RESULTS].map((prefix) => `${prefix}*`) } },
      }),
      new PolicyStatement({ actions: ['s3:GetObject'], resources: below([...LAKE, ATHENA_RESULTS]) }),
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject'],
        resources: below([ATHENA_RESULTS]),
      }),
    ],
  });
  acknowledgeWildcards(policy, below([...LAKE, ATHENA_RESULTS]), 'Objects below a prefix.');
  acknowledgeWildcards(policy, [tables], 'All tables of one database.');
  acknowledgeWildcards(policy, ['*'], 'Lists that do not support resource-level permissions.');
  return policy;
}
