import { once } from 'node:events';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { callFaults } from '../../src/faults/service';
import { clientConfig, Scene } from '../../src/testing/scene';
import { openServices } from '../endpoint/killed-process';
import { startProcess } from '../endpoint/start-process';

const scene = new Scene();
afterEach(() => scene.cleanUp());

async function put(url: string, Key: string): Promise<void> {
  const s3 = new S3Client(clientConfig(url));
  try {
    await s3.send(new PutObjectCommand({ Bucket: 'shop', Key, Body: Buffer.from('x') }));
  } finally {
    s3.destroy();
  }
}

async function dieWith({ child, url }: Awaited<ReturnType<typeof startProcess>>, at: 'before' | 'after') {
  const ended = once(child, 'exit');
  const effect = { do: 'kill-endpoint', at };
  await callFaults(url, 'PutRule', { operation: 'PutObject', resource: at, effect });
  await expect(put(url, at)).rejects.toThrow();
  expect(await ended).toEqual([null, 'SIGKILL']);
}

test('lists writes and fired rules, rejects an invalid rule, is killed before or after a write; has no faults service by default', async () => {
  const home = await scene.directory();
  const first = await startProcess(home);
  const call = (operation: string, input?: object) => callFaults(first.url, operation, input);
  await call('PutRule', { operation: 'PutObject', effect: { do: 'delay', ms: 1 } });
  await put(first.url, 'delayed');
  expect(await call('ListWrites')).toEqual({
    writes: [
      {
        n: 1,
        nth: 1,
        service: 's3',
        operation: 'PutObject',
        resource: 'delayed',
        caller: 'local',
        hasProcess: false,
      },
    ],
  });
  expect(await call('ListFired')).toMatchObject({ rules: [{ effect: { do: 'delay' } }] });
  expect(await call('IsIdle')).toEqual({ idle: true });
  expect(await call('AdvanceClock', { seconds: 60 })).toEqual({});
  await call('Clear');
  expect(await call('ListFired')).toEqual({ rules: [] });
  await expect(call('PutRule', { effect: { do: 'explode' } })).rejects.toThrow(
    '400 {"__type":"ValidationException"',
  );
  await dieWith(first, 'before');
  await dieWith(await startProcess(home), 'after');

  const { url } = await scene.serve(...Object.values(await openServices(home)));
  const s3 = new S3Client(clientConfig(url));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'shop' }));
  s3.destroy();
  expect(Contents.map(({ Key }) => Key)).toEqual(['after', 'delayed']);
  await expect(callFaults(url, 'ListWrites')).rejects.toThrow('404 {"__type":"UnknownOperationException"');
});
