import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3Service, createSqsService } from 'local-aws';
import { clientConfig, Scene } from 'local-aws/testing';
import { announceWaitingFiles } from '../../cli/waiting-files';

const scene = new Scene();
afterEach(() => scene.cleanUp());

test('re-queues files in input/ without a message', async () => {
  const sqs = await createSqsService({ directory: await scene.directory() });
  const queueArn = await sqs.ensureQueue('files');
  let isLost = true;
  const deliver = async (to: string, body: string) => void (isLost || (await sqs.send(to, body)));
  const s3 = await createS3Service({ directory: await scene.directory(), deliver });
  await s3.createBucket('shop');
  const filterRules = [{ name: 'prefix' as const, value: 'input/' }];
  const toQueue = { id: 'files', queueArn, events: ['s3:ObjectCreated:*'], filterRules };
  await s3.setNotification('shop', { queueConfigurations: [toQueue] });
  const client = new S3Client(clientConfig((await scene.serve(s3, sqs)).url));
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: 'shop', Key, Body: Key }));
  await put('input/lost.csv');
  isLost = false;
  await put('input/waiting +ü.csv');
  await put('archive/old.csv');
  client.destroy();

  const notifications = [{ bucket: 'shop', queueArn }];
  expect(await announceWaitingFiles({ notifications, s3, sqs })).toBe(1);
  expect(await announceWaitingFiles({ notifications, s3, sqs })).toBe(0);
  const keys = sqs.bodies('files').map((body) => JSON.parse(body).Records[0].s3.object.key);
  expect(keys.sort()).toEqual(['input/lost.csv', 'input/waiting+%2B%C3%BC.csv']);
});
