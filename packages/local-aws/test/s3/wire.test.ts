import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { checksumHeader, hasher } from '../../src/s3/checksums';
import { BUCKET, startServer, type TestServer } from '../../src/testing/s3-server';
import { authorization } from '../../src/testing/scene';

/** Requests that no SDK sends: raw aws-chunked bodies, and those of a hostile client. */
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const AUTHORIZATION = authorization('s3');
const HEAD = `host: localhost\r\nauthorization: ${AUTHORIZATION}`;

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  code: string | undefined;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string | number> = {},
  body: string | Buffer = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port: server.port,
        host: '127.0.0.1',
        method,
        path,
        headers: { authorization: AUTHORIZATION, ...headers },
      },
      async (response) => {
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece);
        const text = Buffer.concat(pieces).toString();
        const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1];
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
const put = (key: string, headers: Record<string, string | number>, body: string | Buffer) =>
  send('PUT', `/${BUCKET}/${key}`, { 'content-length': Buffer.byteLength(body), ...headers }, body);
const get = async (key: string) => (await send('GET', `/${BUCKET}/${key}`)).text;

describe('aws-chunked', () => {
  const SIGNATURE = `;chunk-signature=${'ab'.repeat(32)}`;
  const crc32 = hasher('CRC32');
  crc32.update(Buffer.from('hello world'));
  const checksum = crc32.digest().toString('base64');
  const trailer = { 'x-amz-trailer': checksumHeader('CRC32') };
  const headers = (kind: string, length = 11) => ({
    'x-amz-content-sha256': kind,
    'content-encoding': 'gzip,aws-chunked',
    'x-amz-decoded-content-length': length,
  });
  const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
  const UNSIGNED = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

  test.each([
    [
      'signed chunks',
      headers(SIGNED),
      `6${SIGNATURE}\r\nhello \r\n5${SIGNATURE}\r\nworld\r\n0${SIGNATURE}\r\n\r\n`,
    ],
    [
      'unsigned chunks with a trailer',
      { ...headers(UNSIGNED), ...trailer },
      `b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`,
    ],
    [
      'signed chunks with a signed trailer',
      { ...headers(`${SIGNED}-TRAILER`), ...trailer },
      `B${SIGNATURE}\r\nhello world\r\n0${SIGNATURE}\r\nx-amz-checksum-crc32: ${checksum}\r\nx-amz-trailer-signature:00\r\n\r\n`,
    ],
    [
      'a trailer without a final empty line',
      { ...headers(UNSIGNED), ...trailer },
      `b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n`,
    ],
    ['no line end behind the last chunk', headers(UNSIGNED), 'b\r\nhello world\r\n0\r\n'],
  ])('with %s is decoded', async (name, head, body) => {
    const key = encodeURIComponent(name);
    expect(await put(key, head, body)).toMatchObject({ status: 200 });
    const found = await send('GET', `/${BUCKET}/${key}`);
    expect(found.text).toBe('hello world');
    expect(found.headers['content-encoding']).toBe('gzip');
  });

  test('as the Content-Encoding of a plain body is removed, and the body unchanged', async () => {
    expect(await put('plain', { 'content-encoding': 'aws-chunked, gzip' }, 'hello')).toMatchObject({
      status: 200,
    });
    const found = await send('GET', `/${BUCKET}/plain`);
    expect(found.text).toBe('hello');
    expect(found.headers['content-encoding']).toBe('gzip');
  });

  test('is decoded with any packet boundaries', async () => {
    const body = `6${SIGNATURE}\r\nhello \r\n5${SIGNATURE}\r\nworld\r\n0${SIGNATURE}\r\n\r\n`;
    const socket = connect(server.port, '127.0.0.1');
    socket.setNoDelay(true);
    const lines = Object.entries(headers(SIGNED)).map(([name, value]) => `${name}: ${value}`);
    socket.write(
      `PUT /${BUCKET}/cut HTTP/1.1\r\n${HEAD}\r\ncontent-length: ${body.length}\r\n${lines.join('\r\n')}\r\n\r\n`,
    );
    for (const character of body) {
      socket.write(character);
      await new Promise(setImmediate);
    }
    await once(socket, 'data');
    socket.destroy();
    expect(await get('cut')).toBe('hello world');
  });

  test.each([
    [
      'a wrong checksum',
      { ...headers(UNSIGNED), ...trailer },
      'b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      'BadDigest',
    ],
    [
      'an announced trailer that is missing',
      { ...headers(UNSIGNED), ...trailer },
      'b\r\nhello world\r\n0\r\n\r\n',
      'MalformedTrailerError',
    ],
    ['fewer bytes than declared', headers(UNSIGNED, 12), 'b\r\nhello world\r\n0\r\n\r\n', 'IncompleteBody'],
    ['more bytes than declared', headers(UNSIGNED, 10), 'b\r\nhello world\r\n0\r\n\r\n', 'IncompleteBody'],
    ['no last chunk', headers(UNSIGNED), 'b\r\nhello world\r\n', 'IncompleteBody'],
    ['a chunk cut short', headers(UNSIGNED), 'b\r\nhello', 'IncompleteBody'],
    ['a size that is none', headers(UNSIGNED), 'xyz\r\nhello world\r\n0\r\n\r\n', 'InvalidChunkSizeError'],
    [
      'a chunk longer than its size',
      headers(UNSIGNED),
      '5\r\nhello world\r\n0\r\n\r\n',
      'InvalidChunkSizeError',
    ],
    ['a line without end', headers(UNSIGNED), '1'.repeat(100_000), 'InvalidChunkSizeError'],
  ])('with %s is refused and leaves nothing', async (_, head, body, code) => {
    expect(await put('refused', head, body)).toMatchObject({ code });
    expect((await send('GET', `/${BUCKET}/refused`)).status).toBe(404);
  });
});

test('a plain body with a wrong signed SHA-256 is rejected', async () => {
  const answer = await put('sha', { 'x-amz-content-sha256': '0'.repeat(64) }, 'x');
  expect(answer).toMatchObject({ status: 400, code: 'XAmzContentSHA256Mismatch' });
});

test('a body of unknown length is rejected, as on S3', async () => {
  const answer = await send('PUT', `/${BUCKET}/k`, { 'transfer-encoding': 'chunked' }, 'x');
  expect(answer).toMatchObject({ status: 411, code: 'MissingContentLength' });
});

test('an interrupted upload leaves no object and no file', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`PUT /${BUCKET}/broken HTTP/1.1\r\n${HEAD}\r\ncontent-length: 1000000\r\n\r\nthe beginning`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  const left = async () => readdir(join(server.directory, 'tmp'));
  for (let i = 0; i < 50 && (await left()).length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await left()).toEqual([]);
  expect((await send('GET', `/${BUCKET}/broken`)).status).toBe(404);
});

test('Expect: 100-continue is supported', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    `PUT /${BUCKET}/expected HTTP/1.1\r\n${HEAD}\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n`,
  );
  const [go] = await once(socket, 'data');
  expect(String(go)).toMatch(/^HTTP\/1\.1 100 /);
  socket.write('body');
  const [done] = await once(socket, 'data');
  expect(String(done)).toMatch(/^HTTP\/1\.1 200 /);
  socket.destroy();
  expect(await get('expected')).toBe('body');
});

test('a rejected upload is drained before the response, and the connection is reused', async () => {
  const body = Buffer.alloc(3_000_000);
  const answer = await send('PUT', '/no-such-bucket/k', { 'content-length': body.length }, body);
  expect(answer).toMatchObject({ status: 404, code: 'NoSuchBucket' });
});

test('errors are documents with code, message, resource and request id', async () => {
  const answer = await send('GET', `/${BUCKET}/a%20%3Cb%3E`);
  expect(answer.headers['content-type']).toBe('application/xml');
  expect(answer.text).toMatch(
    /^<\?xml .*\?>\n<Error><Code>NoSuchKey<\/Code><Message>[^<]+<\/Message><Key>a &lt;b&gt;<\/Key><Resource>\/shop\/a &lt;b&gt;<\/Resource><RequestId>[\w-]+<\/RequestId>/,
  );
});

describe('hostile keys', () => {
  const KEYS = [
    '../../etc/passwd',
    '..',
    '.',
    '/',
    '//double',
    'a/../b',
    'trailing/',
    'a',
    'a/b',
    'sp ace+plus%percent',
    '"quotes" \'and\' ;semicolons;',
    'C:\\windows\\path',
    'new\nline\r\n',
    'nul\0byte',
    '\u{1f600}/\u{1f468}\u200d\u{1f469}',
    'a\0',
    'a%00',
    'A',
    '\u00e9',
    'e\u0301',
    'k',
    '\u212a',
    '\u0001\u007f\u202e\ufeff\uffff',
    'x'.repeat(1024),
    'é'.repeat(512),
    '../'.repeat(341),
    'a/'.repeat(512),
    '__proto__',
    'constructor',
    '<a>&amp;</a>',
  ];

  test('are distinct, returned unchanged, also after a restart, and never become a path', async () => {
    for (const key of KEYS) {
      expect(await put(encodeURIComponent(key), {}, `body of ${key}`)).toMatchObject({ status: 200 });
    }
    await server.halt();
    server = await startServer({ directory: server.directory });
    for (const key of KEYS) expect(await get(encodeURIComponent(key))).toBe(`body of ${key}`);
    const listed: string[] = [];
    for await (const { key } of server.service.listObjects(BUCKET, '')) listed.push(key);
    expect(listed).toEqual(expect.arrayContaining(KEYS));
    const files = await readdir(server.directory, { recursive: true });
    const own =
      /^(tmp|buckets(\/shop(\/(bucket\.json|objects\.log|uploads|data(\/[0-9a-f]{2}(\/[0-9a-f]{32})?)?))?)?)$/;
    expect(files.filter((file) => !own.test(file))).toEqual([]);
  });

  test('unescaped dots in the path are part of the key too', async () => {
    await put('x/../../y', {}, 'dots');
    expect(await get('x%2F..%2F..%2Fy')).toBe('dots');
  });
});

describe('hostile requests', () => {
  const xml = (path: string, body: string) =>
    send('POST', path, { 'content-length': Buffer.byteLength(body) }, body);
  const DELETE = `/${BUCKET}?delete`;

  test.each([
    ['an escape that is not UTF-8', 'GET', `/${BUCKET}/%ff`, 400, 'InvalidURI'],
    ['an escape that is cut short', 'GET', `/${BUCKET}/%e`, 400, 'InvalidURI'],
    ['a bad escape in the query', 'GET', `/${BUCKET}?list-type=2&prefix=%ff`, 400, 'InvalidURI'],
    ['a key of 1,025 bytes', 'PUT', `/${BUCKET}/${'x'.repeat(1025)}`, 400, 'KeyTooLongError'],
    ['a bucket that is a path', 'GET', '/..%2f..%2fetc/passwd', 404, 'NoSuchBucket'],
    ['a bucket of dots, to be created', 'PUT', '/..', 400, 'InvalidBucketName'],
    ['a bucket named like a property', 'GET', '/__proto__/x', 404, 'NoSuchBucket'],
    ['a subresource named like a property', 'PATCH', `/${BUCKET}/k?__proto__`, 405, 'MethodNotAllowed'],
    ['an upload that is a path', 'GET', `/${BUCKET}/k?uploadId=..%2f..`, 404, 'NoSuchUpload'],
    ['a part without an upload', 'PUT', `/${BUCKET}/k?partNumber=1`, 400, 'InvalidArgument'],
    ['a page of letters', 'GET', `/${BUCKET}?list-type=2&max-keys=x`, 400, 'InvalidArgument'],
    ['another type of list', 'GET', `/${BUCKET}?list-type=3`, 400, 'InvalidArgument'],
    ['an operation that is not there', 'POST', `/${BUCKET}/k?restore`, 501, 'NotImplemented'],
    ['a form upload', 'POST', `/${BUCKET}`, 501, 'NotImplemented'],
  ])('%s', async (_, method, path, status, code) => {
    expect(await send(method, path)).toMatchObject({ status, code });
  });

  test.each([
    ['no XML', 'hello'],
    ['nothing', ''],
    ['an element that is not closed', '<Delete><Object><Key>a</Key></Object>'],
    ['crossed elements', '<Delete><Object><Key>a</Object></Key></Delete>'],
    ['another document', '<Other><Object><Key>a</Key></Object></Other>'],
    ['two roots', '<Delete><Object><Key>a</Key></Object></Delete><Delete/>'],
    [
      'a document type',
      '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&e;</Key></Object></Delete>',
    ],
    ['an unknown entity', '<Delete><Object><Key>&e;</Key></Object></Delete>'],
    ['a character that is none', '<Delete><Object><Key>&#xd800;</Key></Object></Delete>'],
    ['a bare ampersand', '<Delete><Object><Key>a&b</Key></Object></Delete>'],
    ['an object without a key', '<Delete><Object><Nothing/></Object></Delete>'],
    ['deep nesting', `${'<Delete>'.repeat(100_000)}`],
    [
      'bytes that are not UTF-8',
      Buffer.from('<Delete><Object><Key>\xff</Key></Object></Delete>', 'latin1').toString('latin1'),
    ],
  ])('a document that is %s is MalformedXML', async (name, body) => {
    const bytes = name.startsWith('bytes') ? Buffer.from(body, 'latin1') : Buffer.from(body);
    const answer = await send('POST', DELETE, { 'content-length': bytes.length }, bytes);
    expect(answer).toMatchObject({ status: 400, code: 'MalformedXML' });
  });

  test('comments, CDATA, attributes and entities are parsed', async () => {
    await put('a%26%3C', {}, 'x');
    const body =
      '<?xml version="1.0"?><!-- x --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object a = "b">\n' +
      '<Key>a&#38;<![CDATA[<]]></Key></Object></Delete>\n';
    expect((await xml(DELETE, body)).text).toContain('<Deleted><Key>a&amp;&lt;</Key></Deleted>');
    expect((await send('GET', `/${BUCKET}/a%26%3C`)).status).toBe(404);
  });

  test('a million attributes are ignored', async () => {
    await put('attributes', {}, 'x');
    const body = `<Delete${' a=""'.repeat(1_000_000)}><Object><Key>attributes</Key></Object></Delete>`;
    expect((await xml(DELETE, body)).text).toContain('<Deleted><Key>attributes</Key></Deleted>');
    expect(await xml(DELETE, body.replace('>', ' b>'))).toMatchObject({ status: 400, code: 'MalformedXML' });
  });

  test('headers over the limit are rejected, and the server continues', async () => {
    const answer = await put('k', { 'x-amz-meta-long': 'x'.repeat(40_000) }, 'x').catch((error) => error);
    expect([431, 'ECONNRESET', 'EPIPE']).toContain(answer.status ?? answer.code);
    expect((await send('HEAD', `/${BUCKET}`)).status).toBe(200);
  });

  test.each([',', '"', ' ,', '%25', '='])('headers of thousands of %j are answered quickly', async (text) => {
    const started = performance.now();
    for (const name of [
      'if-match',
      'if-none-match',
      'x-amz-copy-source',
      'x-amz-tagging',
      'content-encoding',
    ]) {
      expect((await put('long', { [name]: text.repeat(4_000) }, 'x')).status).not.toBe(500);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a reader can disconnect during a response', async () => {
    await put('large', {}, Buffer.alloc(8_000_000));
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`GET /${BUCKET}/large HTTP/1.1\r\n${HEAD}\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    expect((await send('HEAD', `/${BUCKET}/large`)).headers['content-length']).toBe('8000000');
  });
});
