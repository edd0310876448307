import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { countRequests, fargateBilling } from '../../runtime/task-usage';

let server: Server | undefined;
afterEach(() => server?.close());

/** @returns where it answers */
async function answering(status: number, body: string): Promise<string> {
  const made = createServer((_, response) => response.writeHead(status).end(body));
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

const started = () => Date.now() - process.uptime() * 1000;

test('Fargate bills from the pull of the image, by the task metadata', async () => {
  const ECS_CONTAINER_METADATA_URI_V4 = await answering(200, '{"PullStartedAt":"2026-03-01T10:00:00.5Z"}');
  const { platform, since } = await fargateBilling({ ECS_CONTAINER_METADATA_URI_V4 });
  expect([platform, since.toISOString()]).toEqual(['fargate', '2026-03-01T10:00:00.500Z']);
});

test.each([
  [200, '{}'],
  [200, 'no JSON'],
  [500, ''],
])('without usable metadata (%i %s), from the start of the process', async (status, body) => {
  const { since } = await fargateBilling({ ECS_CONTAINER_METADATA_URI_V4: await answering(status, body) });
  expect(Math.abs(since.getTime() - started())).toBeLessThan(500);
});

test('requests are counted as they are billed, including retries', async () => {
  const client = new S3Client({
    endpoint: await answering(503, ''),
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 2,
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
  });
  const counts = countRequests(client);
  const object = { Bucket: 'b', Key: 'k' };
  await client.send(new HeadObjectCommand(object)).catch(() => {});
  await client.send(new GetObjectCommand(object)).catch(() => {});
  await client.send(new PutObjectCommand({ ...object, Body: Buffer.from('x') })).catch(() => {});
  expect(counts).toEqual({ reads: 4, writes: 2 });
  client.destroy();
});
