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

test('deletes an object, and succeeds where there is none', async () => {
  await put('gone');
  await remove('gone');
  expect(await exists('gone')).toBe(false);
  expect((await remove('gone')).$metadata.httpStatusCode).toBe(204);
});

test('If-Match deletes the ETag it names alone', async () => {
  const ETag = await put('kept');
  expect(await refusal(remove('kept', '"abc"'))).toEqual({ name: 'PreconditionFailed', status: 412 });
  expect(await exists('kept')).toBe(true);
  await remove('kept', ETag);
  expect(await exists('kept')).toBe(false);
});

test('a condition that only directory buckets know is refused, and deletes nothing', async () => {
  await put('conditional');
  const one = new DeleteObjectCommand({ Bucket: BUCKET, Key: 'conditional', IfMatchSize: 1 });
  expect(await refusal(server.client.send(one))).toEqual({ name: 'NotImplemented', status: 501 });
  const { Errors } = await server.client.send(
    new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: 'conditional', Size: 1 }] } }),
  );
  expect(Errors).toMatchObject([{ Key: 'conditional', Code: 'NotImplemented' }]);
  expect(await exists('conditional')).toBe(true);
});

test('If-Match: * wants an object to be there', async () => {
  await put('any');
  await remove('any', '*');
  expect(await refusal(remove('any', '*'))).toEqual({ name: 'NoSuchKey', status: 404 });
  expect(await refusal(remove('any', '"abc"'))).toEqual({ name: 'NoSuchKey', status: 404 });
});

const removeAll = (Objects: ObjectIdentifier[], Quiet = false) =>
  server.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects, Quiet } }));

test('deletes many keys at once, however they are written', async () => {
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

test('tells which of many failed, and quietly nothing else', async () => {
  await put('one');
  await put('two');
  const { Deleted, Errors } = await removeAll([{ Key: 'one', ETag: '"abc"' }, { Key: 'two' }], true);
  expect(Deleted).toBeUndefined();
  expect(Errors).toMatchObject([{ Key: 'one', Code: 'PreconditionFailed' }]);
  expect(await exists('one')).toBe(true);
  expect(await exists('two')).toBe(false);
});

test('refuses more than 1,000 keys', async () => {
  const objects = Array.from({ length: 1001 }, (_, i) => ({ Key: `${i}` }));
  expect(await refusal(removeAll(objects))).toEqual({ name: 'MalformedXML', status: 400 });
});
