import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRuntimeApi, type ResultMessage } from 'local-aws';
import { writeBatchManifest } from '../../storage/batch-manifest';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { LocalPipeline } from '../e2e/local-pipeline';
import { ImageFiles, KEPT } from './image-process';

/** Expects a build. */
let image: ImageFiles;
let pipeline: LocalPipeline;
beforeAll(async () => {
  image = new ImageFiles();
  // These tests start the tasks themselves.
  pipeline = await LocalPipeline.start({ every: 0 });
}, 60_000);
afterAll(async () => {
  image.remove();
  await pipeline.stop();
});

const environment = (executionId: string, endpoint = pipeline.ready.endpoint) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  BUCKET_NAME: pipeline.ready.bucket,
  EXECUTION_ID: executionId,
  MEMORY_LIMIT_MB: '1024',
  METRICS_SERVICE: 'Daybook',
  REFRESH_LIFETIME_SECONDS: '3120',
});

/** Files below input/, and the manifest that an orchestrator writes of them. */
async function batch(executionId: string, files: Readonly<Record<string, string>>): Promise<void> {
  const manifest = [];
  for (const [name, text] of Object.entries(files)) {
    const key = `input/${executionId}/${name}`;
    await pipeline.put(key, text);
    const found = await pipeline.objects.head(key);
    if (!found) throw new Error(`${key} is not there`);
    manifest.push({ key, etag: found.etag, size: found.size, uploaded_at: found.lastModified.toISOString() });
  }
  await writeBatchManifest(pipeline.objects, { execution_id: executionId, files: manifest, messages: [] });
}

const SHOP = {
  'products.csv': csv(PRODUCTS, '1,S1,10,Shoes,Runner,Acme,20,Men'),
  'orders.csv': csv(ORDERS, '1,7,complete,2025-03-01T10:00:00Z,,,,1'),
  'order_items.csv': csv(ORDER_ITEMS, '1,1,7,1,complete,2025-03-01T10:00:00Z,,,,19.99'),
};

test('the bundles and the modules of the image process a batch up to its KPIs, and leave the scratch volume as it was', async () => {
  await batch('shop', SHOP);
  for (const command of ['validate.cjs', 'stage.cjs', 'transform.cjs', 'maintain.cjs']) {
    const { code, output } = await image.start(command, environment('shop')).ended;
    expect({ command, code, output: code === 0 ? '' : output }).toEqual({ command, code: 0, output: '' });
  }
  expect(await pipeline.orderKpis()).toMatchObject([{ order_date: '2025-03-01', total_orders: '1' }]);
  expect(image.leftInScratch()).toEqual([KEPT]);
}, 60_000);

test('under Lambda every call runs anew, and leaves nothing for the next one, even if it failed', async () => {
  await batch('call-1', { 'orders.csv': csv(ORDERS, '11,7,complete,2025-03-05T10:00:00Z,,,,1') });
  await batch('call-2', { 'orders.csv': csv(ORDERS, '12,7,complete,2025-03-05T10:00:00Z,,,,1') });
  const api = await openRuntimeApi('arn:aws:lambda:us-east-1:000000000000:function:validate');
  const { EXECUTION_ID: _, ...variables } = environment('');
  const { process: child, ended } = image.start('validate.cjs', {
    ...variables,
    AWS_LAMBDA_RUNTIME_API: api.host,
  });
  const call = (event: object) =>
    new Promise<ResultMessage>((resolve, reject) => {
      api.onResult = resolve;
      void ended.then(({ output }) => reject(new Error(output)));
      api.deliver({ requestId: 'r', payload: JSON.stringify(event), deadline: Date.now() + 60_000 });
    });
  try {
    for (const execution_id of ['call-1', 'call-2']) {
      expect(await call({ execution_id })).toMatchObject({ payload: '{"task":"validate"}', failed: false });
      expect(image.leftInScratch()).toEqual([KEPT]);
      const failed = await call({ execution_id: 'of-nobody' });
      expect(JSON.parse(failed.payload)).toMatchObject({
        errorType: 'TaskFailed',
        errorMessage: expect.stringMatching(
          /^ManifestMissingError: results\/of-nobody\/batch.json does not exist/,
        ),
      });
      expect(image.leftInScratch()).toEqual([KEPT]);
    }
    expect(JSON.parse((await call({})).payload).errorType).toBe('TaskFailed');
  } finally {
    child.kill('SIGKILL');
    api.close();
  }
  const result = async (id: string) => JSON.parse(await pipeline.text(`results/${id}/validate.json`));
  const [first, second] = [await result('call-1'), await result('call-2')];
  expect(second).toMatchObject({ execution_id: 'call-2', counts: { files: 1, rows: 1 } });
  expect(first.usage).toMatchObject({ platform: 'lambda', s3_writes: second.usage.s3_writes });
  // The start of the process is billed to the first call alone.
  expect(first.usage.billed_ms).toBeGreaterThan(first.duration_ms);
  expect(second.usage.billed_ms - second.duration_ms).toBeLessThan(200);
  expect(await result('of-nobody')).toMatchObject({ status: 'failed', usage: { platform: 'lambda' } });
}, 30_000);

test('a task that gets SIGTERM ends once the commit under way has its answer', async () => {
  await batch('stopped', { 'orders.csv': csv(ORDERS, '2,8,complete,2025-03-02T10:00:00Z,,,,1') });
  await image.start('validate.cjs', environment('stopped')).ended;
  const before = await pipeline.keys('staging/orders/_delta_log/');

  const { endpoint, held, release, close } = await holdingCommits(pipeline.ready.endpoint);
  const { process: task, ended } = image.start('stage.cjs', environment('stopped', endpoint));
  try {
    await Promise.race([held, ended.then(({ output }) => Promise.reject(new Error(output)))]);
    task.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(task.exitCode).toBeNull();
    release();
    const { code, output } = await ended;
    expect(code).toBe(143);
    expect(output).toContain('stopped by SIGTERM');
  } finally {
    task.kill('SIGKILL');
    release();
    close();
  }
  expect(await pipeline.keys('staging/orders/_delta_log/')).toHaveLength(before.length + 1);
}, 30_000);

/** A proxy in front of the endpoint that holds the next entry of a table's log until it is released. */
async function holdingCommits(target: string) {
  let release = () => {};
  let tell = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method === 'PUT' && incoming.url?.includes('/_delta_log/')) {
      tell();
      await released;
    }
    const forwarded = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, held, release, close };
}
