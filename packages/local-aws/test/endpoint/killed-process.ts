/** A process that tests kill: the services below with fault injection. Prints its URL. */
import { join } from 'node:path';
import { createDynamoDbService } from '../../src/dynamodb/service';
import { startEndpoint } from '../../src/endpoint/endpoint';
import { Faults } from '../../src/faults/faults';
import { createS3Service } from '../../src/s3/service';
import { createSnsService } from '../../src/sns/service';
import { createSqsService } from '../../src/sqs/service';

export async function openServices(home: string) {
  const s3 = await createS3Service({ directory: join(home, 's3') });
  const dynamodb = await createDynamoDbService({ directory: join(home, 'dynamodb') });
  const sqs = await createSqsService({ directory: join(home, 'sqs') });
  const sns = await createSnsService({ directory: join(home, 'sns'), deliver: sqs.send });
  return { s3, dynamodb, sqs, sns };
}

async function main(home: string): Promise<void> {
  const services = await openServices(home);
  await services.s3.createBucket('shop');
  await services.sqs.ensureQueue('q');
  await services.sns.ensureTopic('t');
  await services.dynamodb.ensureTable({
    TableName: 'Kept',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
  });
  const faults = new Faults();
  const { url } = await startEndpoint({ services: [...Object.values(services), ...faults.services], faults });
  console.log(url);
}

const home = process.env.KILLED_PROCESS_HOME;
if (home) void main(home);
