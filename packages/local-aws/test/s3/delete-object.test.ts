import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  type ObjectIdentifier,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, refusal, startServer, type TestServer } from '../../src/testing/s3-server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const put = async (Key: string) =>
  (await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }))).ETag ?? '';
const remove = (Key: string, IfMatch?: string) =>
  server.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, IfMatch }));
const exists = async (Key: string) =>
  server.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key })).then(
    () => true,
    () => false,
  );

test('deletes an object, and succeeds without one', async () => {
  await put('gone');
  await remove('gone');
  expect(await exists('gone')).toBe(false);
  expect((await remove('gone')).$metadata.httpStatusCode).toBe(204);
});

test('If-Match deletes only the object with the ETag', async () => {
  const ETag = await put('kept');
  expect(await refusal(remove('kept', '"abc"'))).toEqual({ name: 'PreconditionFailed', status: 412 });
  expect(await exists('kept')).toBe(true);
  await remove('kept', ETag);
  expect(await exists('kept')).toBe(false);
});

test('a condition of directory buckets is rejected and deletes nothing', async () => {
  await put('conditional');
  const one = new DeleteObjectCommand({ Bucket: BUCKET, Key: 'conditional', IfMatchSize: 1 });
  expect(await refusal(server.client.send(one))).toEqual({ name: 'NotImplemented', status: 501 });
  const { Errors } = await server.client.send(
    new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'conditional', Size: 1 }] } }),
  );
  expect(Errors).toMatchObject([{ Key: 'conditional', Code: 'NotImplemented' }]);
  expect(await exists('conditional')).toBe(true);
});

test('If-Match: * requires an object', async () => {
  await put('any');
  await remove('any', '*');
  expect(await refusal(remove('any', '*'))).toEqual({ name: 'NoSuchKey', status: 404 });
  expect(await refusal(remove('any', '"abc"'))).toEqual({ name: 'NoSuchKey', status: 404 });
});

const removeAll = (Objects: ObjectIdentifier[], Quiet = false) =>
  server.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects, Quiet } }));

test('deletes many keys with any characters', async () => {
  const names = [
    'x',
    'a & b',
    '<tag>',
    '"q"',
    "it's",
    'line\nbreak',
    'tab\t',
    '\u{1f600}',
    ']]>',
    ' padded ',
  ];
  await Promise.all(names.map(put));
  const { Deleted, Errors } = await removeAll(names.map((Key) => ({ Key })));
  expect(Errors).toBeUndefined();
  expect(Deleted?.map(({ Key }) => Key)).toEqual(names);
  for (const name of names) expect(await exists(name)).toBe(false);
});

test('reports failed keys, and with Quiet nothing else', async () => {
  await put('one');
  await put('two');
  const { Deleted, Errors } = await removeAll([{ Key: 'one', ETag: '"abc"' }, { Key: 'two' }], true);
  expect(Deleted).toBeUndefined();
  expect(Errors).toMatchObject([{ Key: 'one', Code: 'PreconditionFailed' }]);
  expect(await exists('one')).toBe(true);
  expect(await exists('two')).toBe(false);
});

test('rejects more than 1,000 keys', async () => {
  const objects = Array.from({ length: 1001 }, (_, i) => ({ Key: `${i}` }));
  expect(await refusal(removeAll(objects))).toEqual({ name: 'MalformedXML', status: 400 });
});
