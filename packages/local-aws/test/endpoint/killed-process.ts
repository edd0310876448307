/** What kill.test.ts starts and kills: SQS, SNS and DynamoDB over the directory given. Prints its URL. */
import { join } from 'node:path';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { startEndpoint } from '../../src/endpoint/endpoint';
import { createSnsService } from '../../src/sns/service';
import { createSqsService } from '../../src/sqs/service';

export const IDENTITY = { account: '000000000000', region: 'us-east-1' };

export async function openServices(home: string) {
  const dynamodb = await createDynamoDbService({ directory: join(home, 'dynamodb'), ...IDENTITY });
  const sqs = await createSqsService({ directory: join(home, 'sqs'), ...IDENTITY });
  const sns = await createSnsService({ directory: join(home, 'sns'), ...IDENTITY, deliver: sqs.send });
  return { dynamodb, sqs, sns };
}

async function main(home: string): Promise<void> {
  const { dynamodb, sqs, sns } = await openServices(home);
  await sqs.ensureQueue('q');
  await sns.ensureTopic('t');
  await dynamodb.ensureTable({
    TableName: 'Kept',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
  });
  const services = [sqs, sns, dynamodb];
  const { url } = await startEndpoint({ host: '127.0.0.1', port: 0, services, ...IDENTITY });
  console.log(url);
}

const home = process.env.KILLED_PROCESS_HOME;
if (home) void main(home);
