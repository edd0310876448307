import type { AccessRule, RequestContext } from '../endpoint/service';
import type { Access } from '../iam/access';
import type { OperationName } from './operations';

/**
 * The permissions of each operation; a batch needs them on every table that it names.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_dynamodb.html
 */
export const DYNAMODB_ACCESS = {
  BatchGetItem: onBatch('dynamodb:BatchGetItem'),
  BatchWriteItem: onBatch('dynamodb:BatchWriteItem'),
  CreateTable: onTable('dynamodb:CreateTable'),
  DeleteItem: onTable('dynamodb:DeleteItem'),
  DeleteTable: onTable('dynamodb:DeleteTable'),
  DescribeTable: onTable('dynamodb:DescribeTable'),
  DescribeTimeToLive: onTable('dynamodb:DescribeTimeToLive'),
  GetItem: onTable('dynamodb:GetItem'),
  ListTables: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  ListTagsOfResource: onArn('dynamodb:ListTagsOfResource'),
  PutItem: onTable('dynamodb:PutItem'),
  Query: onTable('dynamodb:Query'),
  Scan: onTable('dynamodb:Scan'),
  TagResource: onArn('dynamodb:TagResource'),
  TransactWriteItems: onTransaction,
  UntagResource: onArn('dynamodb:UntagResource'),
  UpdateItem: onTable('dynamodb:UpdateItem'),
  UpdateTable: onTable('dynamodb:UpdateTable'),
} satisfies Record<OperationName, AccessRule>;

function onTable(action: string): AccessRule {
  return ({ TableName, IndexName }, context) => {
    const table = tableArn(TableName, context);
    return [{ action, resource: IndexName === undefined ? table : `${table}/index/${IndexName}` }];
  };
}

function onBatch(action: string): AccessRule {
  return ({ RequestItems }, context) =>
    Object.keys(RequestItems ?? {}).map((table) => ({ action, resource: tableArn(table, context) }));
}

/** There is no action of that name: a transaction needs the permissions of its operations. */
function onTransaction({ TransactItems }: Record<string, unknown>, context: RequestContext): Access[] {
  const operations = (Array.isArray(TransactItems) ? TransactItems : []) as Record<
    string,
    { TableName?: unknown }
  >[];
  return operations.flatMap((operation) =>
    Object.entries(operation).map(([kind, { TableName }]) => ({
      action: kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:${kind}Item`,
      resource: tableArn(TableName, context),
    })),
  );
}

function onArn(action: string): AccessRule {
  return ({ ResourceArn }) => [{ action, resource: String(ResourceArn) }];
}

/** Accepts a table name or ARN. */
function tableArn(table: unknown, { account, region }: RequestContext): string {
  const name = String(table);
  return name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}
