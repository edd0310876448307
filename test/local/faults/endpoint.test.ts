import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { askedForFaults } from '../../../local/faults/service';
import { packagePath } from '../../../package-path';
import { directoryOf, remove } from '../built';
import { clientConfig } from '../endpoint/open-endpoint';

const children: { child: ChildProcess; ended: Promise<unknown> }[] = [];

/** `daybook local` as a process of its own: this needs a build. */
async function start(data: string, variables: Record<string, string>) {
  const child = spawn(
    process.execPath,
    [
      packagePath('bin', 'daybook.cjs'),
      'local',
      '--port',
      '0',
      '--data',
      data,
      '--every',
      '0',
      '--ready-json',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...variables } },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { endpoint, bucket }: { endpoint: string; bucket: string } = JSON.parse(line);
  const ended = once(child, 'exit');
  children.push({ child, ended });
  return { child, ended, endpoint, bucket };
}

async function admin(endpoint: string, operation: string, input: object = {}) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20250101/us-east-1/faults/aws4_request, SignedHeaders=host, Signature=0',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DaybookFaults.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

let data: string;
beforeEach(() => {
  data = directoryOf();
});
afterEach(async () => {
  for (const { child, ended } of children.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  remove(data);
});

test('killed with a write, the endpoint is found again as it was before or after that', async () => {
  const on = { DAYBOOK_LOCAL_FAULTS: 'on' };
  for (const [at, found] of [
    ['before', false],
    ['after', true],
  ] as const) {
    const first = await start(data, on);
    const s3 = new S3Client(clientConfig(first.endpoint));
    const target = { Bucket: first.bucket, Key: `kpis/${at}` };
    const rule = { operation: 'PutObject', resource: target.Key, effect: { do: 'kill-endpoint', at } };
    expect((await admin(first.endpoint, 'PutRule', rule)).status).toBe(200);
    await expect(s3.send(new PutObjectCommand({ ...target, Body: Buffer.from('x') }))).rejects.toThrow();
    expect(await first.ended).toEqual([null, 'SIGKILL']);
    s3.destroy();

    const second = await start(data, on);
    const again = new S3Client(clientConfig(second.endpoint));
    const head = again.send(new HeadObjectCommand(target));
    expect(
      await head.then(
        () => true,
        () => false,
      ),
    ).toBe(found);
    again.destroy();
  }
}, 60_000);

test('lists writes, tells what fired, and refuses a rule that is none', async () => {
  const { endpoint, bucket } = await start(data, { DAYBOOK_LOCAL_FAULTS: 'on' });
  await admin(endpoint, 'Clear');
  await admin(endpoint, 'PutRule', { operation: 'PutObject', effect: { do: 'delay', ms: 1 } });
  const s3 = new S3Client(clientConfig(endpoint));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'kpis/x', Body: Buffer.from('x') }));
  s3.destroy();
  expect((await admin(endpoint, 'ListWrites')).body).toEqual({
    writes: [
      {
        n: 1,
        service: 's3',
        operation: 'PutObject',
        resource: 'kpis/x',
        caller: 'local',
        nth: 1,
        hasProcess: false,
      },
    ],
  });
  expect((await admin(endpoint, 'ListFired')).body.rules).toMatchObject([{ effect: { do: 'delay', ms: 1 } }]);
  expect((await admin(endpoint, 'IsIdle')).body).toEqual({ idle: true });
  expect((await admin(endpoint, 'AdvanceClock', { seconds: 60 })).status).toBe(200);
  expect(await admin(endpoint, 'PutRule', { effect: { do: 'explode' } })).toMatchObject({
    status: 400,
    body: { __type: 'ValidationException' },
  });
}, 60_000);

test('an endpoint that was not asked for faults has none', async () => {
  const { endpoint } = await start(data, { DAYBOOK_LOCAL_FAULTS: '' });
  expect(await admin(endpoint, 'ListWrites')).toMatchObject({
    status: 404,
    body: { __type: 'UnknownOperationException' },
  });
}, 60_000);

test('the variable says on, nothing, or what is wrong with it', () => {
  expect(askedForFaults({})).toBe(false);
  expect(askedForFaults({ DAYBOOK_LOCAL_FAULTS: 'on' })).toBe(true);
  expect(() => askedForFaults({ DAYBOOK_LOCAL_FAULTS: 'yes' })).toThrow('expected on, got "yes"');
});
