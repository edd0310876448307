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

  test('with a latency, an answer comes that much later, and requests at the same time count once', async () => {
    const bucket = s3Bucket(client, BUCKET);
    const traffic = recordTraffic(endpoint.port, 100);
    const body = 'x'.repeat(1024 * 1024);
    await bucket.put('one', body);
    const read = await Promise.all([bucket.get('one'), bucket.get('one'), bucket.get('one')]);
    traffic.stop();
    const requests = traffic.take();
    expect(read.map((object) => object?.byteLength)).toEqual([body.length, body.length, body.length]);
    // A timer can be early by a fraction of a millisecond.
    for (const { at, answered } of requests) expect(answered - at).toBeGreaterThanOrEqual(99);
    expect(summarize(requests)).toMatchObject({ requests: 4, sequential_requests: 2 });
  });
});

describe('requests by step', () => {
  const span = (started: number, ended: number) => ({ started: new Date(started), ended: new Date(ended) });
  const request = (at: number, answered = at): S3Request => ({
    at,
    answered,
    key: 'k',
    operation: 'read',
    bytes: at,
  });

  test('a request belongs to the last step that had started; those outside the execution to none', () => {
    const [first, second] = [span(100, 200), span(200, 300)];
    const assigned = assign(
      [99, 100, 199, 200, 300, 301].map((at) => request(at)),
      [first, second],
    );
    expect(assigned.get(first)?.map(({ at }) => at)).toEqual([100, 199]);
    expect(assigned.get(second)?.map(({ at }) => at)).toEqual([200, 300]);
  });

  test('of requests that overlap, one counts for those that follow each other', () => {
    const overlapping = [request(0, 100), request(10, 20), request(15, 40), request(20, 30), request(35, 90)];
    expect(summarize(overlapping).sequential_requests).toBe(3);
    expect(summarize([]).sequential_requests).toBe(0);
  });
});
