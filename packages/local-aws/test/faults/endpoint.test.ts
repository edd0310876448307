import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { packagePath } from '../../../../package-path';
import { askedForFaults } from '../../src/faults/service';
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

type Started = Awaited<ReturnType<typeof start>>;

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

test('lists writes, tells what fired, refuses a rule that is none; killed with a write, is found again as it was before or after that; without the variable, has no faults', async () => {
  const on = { DAYBOOK_LOCAL_FAULTS: 'on' };
  const first = await start(data, on);
  await admin(first.endpoint, 'Clear');
  await admin(first.endpoint, 'PutRule', { operation: 'PutObject', effect: { do: 'delay', ms: 1 } });
  await put(first, 'kpis/delayed');
  expect((await admin(first.endpoint, 'ListWrites')).body).toEqual({
    writes: [
      {
        n: 1,
        nth: 1,
        service: 's3',
        operation: 'PutObject',
        resource: 'kpis/delayed',
        caller: 'local',
        hasProcess: false,
      },
    ],
  });
  expect((await admin(first.endpoint, 'ListFired')).body.rules).toMatchObject([{ effect: { do: 'delay' } }]);
  expect((await admin(first.endpoint, 'IsIdle')).body).toEqual({ idle: true });
  expect((await admin(first.endpoint, 'AdvanceClock', { seconds: 60 })).status).toBe(200);
  expect(await admin(first.endpoint, 'PutRule', { effect: { do: 'explode' } })).toMatchObject({
    status: 400,
    body: { __type: 'ValidationException' },
  });
  await dieWith(first, 'before');

  const second = await start(data, on);
  await dieWith(second, 'after');

  const third = await start(data, { DAYBOOK_LOCAL_FAULTS: '' });
  const s3 = new S3Client(clientConfig(third.endpoint));
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: third.bucket, Prefix: 'kpis/' }),
  );
  s3.destroy();
  expect(Contents.map(({ Key }) => Key)).toEqual(['kpis/after', 'kpis/delayed']);
  expect(await admin(third.endpoint, 'ListWrites')).toMatchObject({
    status: 404,
    body: { __type: 'UnknownOperationException' },
  });
}, 120_000);

async function put({ endpoint, bucket }: Started, Key: string): Promise<void> {
  const s3 = new S3Client(clientConfig(endpoint));
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.from('x') }));
  } finally {
    s3.destroy();
  }
}

async function dieWith(started: Started, at: 'before' | 'after'): Promise<void> {
  const rule = { operation: 'PutObject', resource: `kpis/${at}`, effect: { do: 'kill-endpoint', at } };
  expect((await admin(started.endpoint, 'PutRule', rule)).status).toBe(200);
  await expect(put(started, rule.resource)).rejects.toThrow();
  expect(await started.ended).toEqual([null, 'SIGKILL']);
}

test('the variable says on, nothing, or what is wrong with it', () => {
  expect(askedForFaults({})).toBe(false);
  expect(askedForFaults({ DAYBOOK_LOCAL_FAULTS: 'on' })).toBe(true);
  expect(() => askedForFaults({ DAYBOOK_LOCAL_FAULTS: 'yes' })).toThrow('expected on, got "yes"');
});
