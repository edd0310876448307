import { connect } from 'node:net';
import fc from 'fast-check';
import { SIGNED, send } from './s3-client';
import { BUCKET, type HostileServer } from './s3-server';
import { hostileKey, hostileText, wildText } from './tokens';

/** Seconds after which a request that got no answer counts as hanging. */
const PATIENCE_SECONDS = 10;

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

/** Ways in which clients write a key in a path; the first is correct. */
const encodings: ((key: string) => string)[] = [
  encodeURIComponent,
  (key) => encodeURIComponent(key).toLowerCase(),
  (key) => encodeURIComponent(encodeURIComponent(key)),
  (key) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%2E', '.'),
  (key) => latin1(key).replaceAll(/[^\x21-\x7e\x80-\xff]/g, '~'),
  (key) => [...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  (key) => `${encodeURIComponent(key)}%`,
  (key) => `%c0%ae%c0%ae%c0%af${encodeURIComponent(key)}`,
  (key) => `%ed%a0%80${encodeURIComponent(key)}`,
  (key) => `..;/${encodeURIComponent(key)}%g1`,
];

const encoding = fc.oneof(
  { arbitrary: fc.constant(encodings[0]), weight: 8 },
  fc.constantFrom(...encodings.slice(1)),
);

const bucket = fc.oneof(
  { arbitrary: fc.constant(BUCKET), weight: 12 },
  { arbitrary: fc.constant('other-bucket'), weight: 2 },
  fc.constantFrom('', '..', '.', '%2e%2e', 'SHOP', '__proto__', 'tmp', 'buckets', `${BUCKET}%00`),
  hostileText.map(encodeURIComponent),
);

const key = fc.oneof({ arbitrary: fc.constantFrom('a', 'b'), weight: 2 }, hostileKey);

/** A placeholder for the id of an upload in progress. */
const UPLOAD = 'UPLOAD';

/** The operation and its target. */
const operation = fc.constantFrom(
  ...[
    'GET',
    'GET list-type=2',
    'GET uploads',
    'GET location',
    'GET versioning',
    'GET notification',
    'PUT',
    'HEAD',
  ].map((request) => ['bucket', request] as const),
  ...['DELETE', 'POST delete', 'POST delete', 'PUT notification', 'PATCH', 'OPTIONS', 'POST'].map(
    (request) => ['bucket', request] as const,
  ),
  ...[
    'GET',
    'GET',
    'HEAD',
    'DELETE',
    'PUT',
    'PUT',
    'PUT',
    'GET tagging',
    'PUT tagging',
    'DELETE tagging',
    'TRACE',
  ].map((request) => ['object', request] as const),
  ...[
    'POST uploads',
    `GET uploadId=${UPLOAD}`,
    `POST uploadId=${UPLOAD}`,
    `DELETE uploadId=${UPLOAD}`,
    'PUT acl',
  ].map((request) => ['object', request] as const),
  ...[`PUT partNumber=1&uploadId=${UPLOAD}`, `PUT partNumber=2&uploadId=${UPLOAD}`, 'GET partNumber=1'].map(
    (request) => ['object', request] as const,
  ),
  ['service', 'GET'] as const,
);

const PARAMETERS = [
  'uploadId',
  'partNumber',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'versionId',
  'max-parts',
  'part-number-marker',
  'max-uploads',
  'key-marker',
  'upload-id-marker',
  'max-buckets',
  'response-content-type',
  'response-expires',
  'fetch-owner',
  'x-id',
  'restore',
  '__proto__',
  'policy',
];

const HEADERS = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'content-md5',
  'content-type',
  'content-encoding',
  'content-disposition',
  'cache-control',
  'expires',
  'expect',
  'host',
  'origin',
  'transfer-encoding',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-copy-source-if-match',
  'x-amz-metadata-directive',
  'x-amz-tagging-directive',
  'x-amz-tagging',
  'x-amz-meta-a',
  'x-amz-meta-',
  'x-amz-content-sha256',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-checksum-crc32',
  'x-amz-checksum-sha256',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-type',
  'x-amz-checksum-mode',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-target',
  'x-amz-acl',
  'x-amz-mp-object-size',
  'x-amz-if-match-size',
];

const LONG = 2_000;

const VALUES = [
  `bytes=${' '.repeat(LONG)}-${' '.repeat(LONG)}x`,
  ','.repeat(LONG),
  '"'.repeat(LONG),
  ' ,'.repeat(LONG),
  '%25'.repeat(LONG),
  '',
  '0',
  '1',
  '-1',
  '2',
  '1001',
  '10001',
  '99999999999999999999',
  '1e3',
  'url',
  'true',
  '*',
  '"*"',
  '""',
  'W/"x"',
  'bytes=0-',
  'bytes=-1',
  'bytes=0-0',
  'bytes=5-2',
  'bytes=0-99999999999999999999',
  'COPY',
  'REPLACE',
  'gzip, aws-chunked',
  'aws-chunked',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'UNSIGNED-PAYLOAD',
  'x-amz-checksum-crc32',
  'CRC32',
  'SHA256',
  'MD5',
  'AAAAAA==',
  'a=b&a=b',
  'a=%ff',
  `${BUCKET}/a`,
  `/${BUCKET}/..%2f..%2fa`,
  `${BUCKET}/a?versionId=x`,
  '%ff',
  'chunked',
  '100-continue',
  '200-ok',
  'localhost',
  'evil.example',
  'a.localhost',
  `${BUCKET}.localhost`,
  'Mon, 31 Feb 2025 00:00:00 GMT',
  '0'.repeat(32),
  'text/csv',
  'FULL_OBJECT',
  'null',
  'ENABLED',
];

const value = fc.oneof({ arbitrary: fc.constantFrom(...VALUES), weight: 4 }, hostileText);

const headerValue = value.map((text) => latin1(text).replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?'));

/** Valid headers, so that requests pass the first check. */
const MEANT: readonly (readonly [string, string])[] = [
  ...VALUES.filter((text) => text.startsWith('bytes')).map((text) => ['range', text] as const),
  ['x-amz-copy-source', `${BUCKET}/a`],
  ['x-amz-copy-source', `/${BUCKET}/..%2f..%2fa`],
  ['x-amz-copy-source-range', 'bytes=0-2'],
  ['x-amz-metadata-directive', 'REPLACE'],
  ['if-none-match', '*'],
  ['if-match', '"5d41402abc4b2a76b9719d911017c592"'],
  ['content-encoding', 'aws-chunked'],
  ['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
  ['x-amz-decoded-content-length', '5'],
  ['x-amz-trailer', 'x-amz-checksum-crc32'],
  ['x-amz-tagging', 'a=b&c=%F0%9F%98%80'],
  ['x-amz-checksum-algorithm', 'CRC32'],
  ['x-amz-checksum-type', 'FULL_OBJECT'],
  ['x-amz-checksum-mode', 'ENABLED'],
  ['expect', '100-continue'],
];

const header = fc.oneof(fc.constantFrom(...MEANT), fc.tuple(fc.constantFrom(...HEADERS), headerValue));

const authorization = fc.oneof(
  { arbitrary: fc.constant(SIGNED), weight: 12 },
  fc.constantFrom(
    undefined,
    '',
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 Credential=/////s3/aws4_request',
    'AWS4-HMAC-SHA256 Credential=local/20250701/us-east-1/__proto__/aws4_request',
    `AWS4-HMAC-SHA256 ${'Credential='.repeat(500)}`,
    'AWS local:signature',
    'Basic bG9jYWw6bG9jYWw=',
    `AWS4-HMAC-SHA256 Credential=${'a/'.repeat(2000)}s3/aws4_request`,
    SIGNED.replace('local', '%00'),
  ),
);

const document = fc.oneof(
  fc.constantFrom(
    '<Delete><Object><Key>a</Key></Object></Delete>',
    '<Delete><Object><Key>a</Key><ETag>x</ETag><VersionId>null</VersionId></Object><Quiet>true</Quiet></Delete>',
    '<Delete><Object><Key></Key></Object></Delete>',
    '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>d41d8cd98f00b204e9800998ecf8427e</ETag></Part></CompleteMultipartUpload>',
    '',
    '<CreateBucketConfiguration><LocationConstraint>x</LocationConstraint></CreateBucketConfiguration>',
    '<NotificationConfiguration/>',
    '<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:us-east-1:000000000000:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>',
    `<a>${'<a>'.repeat(50)}`,
    '5\r\nhello\r\n0\r\n\r\n',
    '5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
    'fffffffffffff\r\nhello',
    '5\r\nhello',
  ),
  wildText,
);

const harm = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    wildText.map((text) => Buffer.from(text)),
    fc.constantFrom('\r\n', '\r\n\r\n', '<', '>', '&', '%', '\0', ':').map((text) => Buffer.from(text)),
  ),
});

const parameter = fc
  .tuple(fc.constantFrom(...PARAMETERS), fc.option(value, { nil: undefined, freq: 8 }))
  .map(([name, text]) => {
    if (text === undefined) return name;
    // A broken escape must stay broken.
    return `${name}=${text.startsWith('%') ? text.replaceAll(/[^%\w]/g, '') : encodeURIComponent(text)}`;
  });

/** The bytes of a request as a broken or malicious client might send them. */
export const hostileRequest = fc
  .record({
    operation,
    bucket,
    key,
    encoding,
    query: fc.array(parameter, { maxLength: 2 }),
    authorization,
    headers: fc.array(header, { maxLength: 3 }),
    body: document,
    length: fc.oneof(
      { arbitrary: fc.constant('true' as const), weight: 16 },
      fc.constantFrom('none' as const, 'more' as const, 'less' as const),
    ),
    harms: fc.oneof(
      { arbitrary: fc.array(harm, { maxLength: 0 }), weight: 7 },
      fc.array(harm, { maxLength: 2 }),
    ),
  })
  .map((request) => {
    const [target, asked] = request.operation;
    const [method, ...subresource] = asked.split(' ');
    const encode = request.encoding ?? encodeURIComponent;
    const path = {
      service: '/',
      bucket: `/${request.bucket}`,
      object: `/${request.bucket}/${encode(request.key)}`,
    }[target];
    const query = [...subresource, ...request.query].join('&');
    const body = method === 'PUT' || method === 'POST' ? Buffer.from(request.body) : Buffer.alloc(0);
    const length = {
      true: body.length,
      more: body.length + 7,
      less: Math.max(0, body.length - 1),
      none: undefined,
    }[request.length];
    const lines = [
      `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`,
      ...(request.headers.some(([name]) => name === 'host') ? [] : ['host: localhost']),
      ...(request.authorization === undefined ? [] : [`authorization: ${request.authorization}`]),
      ...(length === undefined ? [] : [`content-length: ${length}`]),
      'connection: close',
      ...request.headers.map(([name, text]) => `${name}: ${text}`),
    ];
    const whole = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
    return request.harms.reduce((bytes, { at, bytes: added }) => {
      const place = Math.floor(at * bytes.length);
      return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place)]);
    }, whole);
  });

/**
 * Sends requests, each on its own connection.
 * @param atOnce concurrently, or else sequentially
 * @returns the faults of the responses or the server, one sentence each
 */
export async function faultsOfRequests(
  requests: readonly Buffer[],
  atOnce: boolean,
  server: HostileServer,
): Promise<string[]> {
  const faults: string[] = [];
  const kept = `/${BUCKET}/sentinel-${requests.length}`;
  await send(server.port, 'PUT', kept, 'sentinel');
  await send(server.port, 'PUT', `/${BUCKET}/a`, 'hello');
  const initiated = await send(server.port, 'POST', `/${BUCKET}/a?uploads`);
  const id = /<UploadId>(\w+)</.exec(initiated.body.toString())?.[1] ?? '';
  const sent = requests.map((request) =>
    Buffer.from(request.toString('latin1').replaceAll(UPLOAD, id), 'latin1'),
  );
  if (atOnce) {
    faults.push(...(await Promise.all(sent.map((request) => faultsOfRequest(request, server)))).flat());
  } else {
    for (const request of sent) faults.push(...(await faultsOfRequest(request, server)));
  }
  const sentinel = await send(server.port, 'GET', kept);
  if (sentinel.body.toString() !== 'sentinel') faults.push(`another object became ${sentinel.status}`);
  faults.push(...server.unforeseen.splice(0), ...(await server.leftovers()));
  return faults;
}

async function faultsOfRequest(request: Buffer, server: HostileServer): Promise<string[]> {
  const answer = await exchange(server.port, request);
  const shown = JSON.stringify(request.toString('latin1')).slice(0, 600);
  if (answer === undefined) return [`no end after ${PATIENCE_SECONDS} s: ${shown}`];
  const status = Number(/^HTTP\/1\.1 (?:100 Continue\r\n\r\nHTTP\/1\.1 )?(\d{3}) /.exec(answer)?.[1] ?? 0);
  return status >= 500 && status !== 501 ? [`${answer.slice(0, 600)} to ${shown}`] : [];
}

/** The response until the server closes the connection; undefined if it does not. */
function exchange(port: number, request: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    const patience = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, PATIENCE_SECONDS * 1000);
    socket.setEncoding('latin1').on('data', (text) => {
      if (answer.length < 10_000) answer += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(answer);
    });
    // Half closed: the rest of the request will not be sent.
    socket.end(request);
  });
}
