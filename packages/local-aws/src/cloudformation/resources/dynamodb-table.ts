import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { resourceType } from '../resource';

/** CreateTable validates the rest. */
const propertiesSchema = z.object({
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  BillingMode: z.string().default('PROVISIONED'),
  ProvisionedThroughput: z.unknown().optional(),
  GlobalSecondaryIndexes: z.array(z.unknown()).optional(),
  LocalSecondaryIndexes: z.array(z.unknown()).optional(),
});

export const dynamoDbTable = resourceType(
  'AWS::DynamoDB::Table',
  propertiesSchema,
  async (request, context) => {
    const { TableName: name = request.defaultName, ...definition } = request.properties;
    await context.services.dynamodb.ensureTable({
      TableName: name,
      ...definition,
    } as CreateTableCommandInput);
    const { account, region } = context.place;
    return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${region}:${account}:table/${name}` } };
  },
);
