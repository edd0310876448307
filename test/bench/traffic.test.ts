import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createS3Service, type Endpoint, startEndpoint } from 'local-aws';
import { assign, recordTraffic, type S3Request, summarize } from '../../bench/traffic';
import { s3Bucket } from '../../storage/s3-bucket';

const BUCKET = 'daybook-bench';

describe('traffic of a local S3', () => {
  let directory: string;
  let endpoint: Endpoint;
  let client: S3Client;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'daybook-traffic-'));
    const s3 = await createS3Service({ directory: path.join(directory, 's3') });
    endpoint = await startEndpoint({ services: [s3] });
    await s3.createBucket(BUCKET);
    client = new S3Client({
      endpoint: endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  afterAll(async () => {
    client.destroy();
    await endpoint.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('counts the bytes of objects without encoding, also in parts and ranges', async () => {
    const bucket = s3Bucket(client, BUCKET);
    const large = path.join(directory, 'large');
    writeFileSync(large, Buffer.alloc(17 * 1024 * 1024, 7));
    const traffic = recordTraffic(endpoint.port);
    await bucket.put('a folder/small', 'x'.repeat(1000));
    await bucket.upload('large', large);
    await bucket.get('a folder/small');
    await bucket.get('a folder/small');
    await bucket.download('large', path.join(directory, 'again'));
    await bucket.get('missing');
    await client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource: `${BUCKET}/large` }));
    traffic.stop();
    await bucket.get('large');

    const large_bytes = 17 * 1024 * 1024;
    expect(summarize(traffic.take())).toMatchObject({
      objects_written: 2,
      bytes_written: 1000 + large_bytes,
      objects_read: 2,
      bytes_read: 2000 + large_bytes,
    });
    expect(traffic.take()).toEqual([]);
  });
});

describe('requests by step', () => {
  const span = (started: number, ended: number) => ({ started: new Date(started), ended: new Date(ended) });
  const request = (at: number): S3Request => ({ at, key: 'k', operation: 'read', bytes: at });

  test('a request belongs to the last step that had started; those outside the execution to none', () => {
    const [first, second] = [span(100, 200), span(200, 300)];
    const assigned = assign([99, 100, 199, 200, 300, 301].map(request), [first, second]);
    expect(assigned.get(first)?.map(({ at }) => at)).toEqual([100, 199]);
    expect(assigned.get(second)?.map(({ at }) => at)).toEqual([200, 300]);
  });
});
