import { request as httpRequest } from 'node:http';
import type { CorsConfiguration } from '../../src/apigateway/cors';
import { HttpApis } from '../../src/apigateway/http-apis';
import { parseRoute } from '../../src/apigateway/routes';
import { ACCOUNT_LIMITS, type ThrottleSettings } from '../../src/apigateway/throttle';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import type { FunctionConfig } from '../../src/lambda/function-config';
import { LambdaFunctions } from '../../src/lambda/functions';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, remove } from '../../src/testing/files';
import { iamWithRole, policyOf } from '../../src/testing/roles';
import { buildChild } from '../built';
import { functionConfig } from '../lambda/function-config';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:collect';
const { iam, roleArn } = iamWithRole('lambda.amazonaws.com');

/** Answers with the result in its body, or with the event. */
const CODE = `
  exports.handler = async (event) => {
    const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : (event.body ?? '');
    if (!text.startsWith('{"do"')) return event;
    const { wait, fail, result } = JSON.parse(text).do;
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    if (fail) throw new Error(fail);
    return result;
  };`;

let directory: string;
let functions: LambdaFunctions;
let apis: HttpApis;
let endpoint: Endpoint;
let url: string;

beforeAll(async () => {
  directory = directoryOf({ 'index.js': CODE });
  functions = new LambdaFunctions({
    ...DEFAULT_PLACE,
    iam,
    dataDirectory: directory,
    platform: () => ({}),
    runtime: buildChild('lambda/runtime.ts', directory),
  });
  iam.addResource(FUNCTION);
  permit('api/*/*/*');
  apis = new HttpApis({ ...DEFAULT_PLACE, iam, functions, log: () => {} });
  endpoint = await startEndpoint({ services: [], webApis: apis });
});
afterAll(async () => {
  await functions.close();
  await endpoint.close();
  remove(directory);
});
beforeEach(() => open());

function permit(source: string): void {
  const statement = {
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: FUNCTION,
    Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:execute-api:us-east-1:000000000000:${source}` } },
  };
  iam.putResourcePolicy(FUNCTION, 'permission', policyOf(statement));
}

interface OpenOptions {
  readonly routes?: readonly string[];
  readonly cors?: CorsConfiguration;
  readonly stage?: string;
  readonly limits?: ThrottleSettings;
  readonly timeoutMs?: number;
  readonly function?: Partial<FunctionConfig>;
}

function open(options: OpenOptions = {}): void {
  const {
    routes = ['POST /events', 'GET /files/{name}'],
    stage: name = '$default',
    timeoutMs = 30_000,
  } = options;
  functions.deploy(functionConfig('collect', { roleArn, codeDirectory: directory, ...options.function }));
  url = endpoint.url + apis.putApi('api', options.cors);
  const api = apis.find('api');
  api?.integrations.set('i', { functionArn: FUNCTION, timeoutMs });
  for (const key of routes) api?.routes.set(key, parseRoute(key, 'i'));
  const limits = options.limits ?? ACCOUNT_LIMITS;
  api?.stages.set(name, { name, variables: {}, limits, limitsByRoute: new Map() });
}

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${url}/events`, { method: 'POST', body, headers });
const act = (what: object) => post(JSON.stringify({ do: what }));

test('a request becomes an event of the payload format 2.0', async () => {
  const response = await fetch(`${url}/events?a=1&b=x%20y&a=2`, {
    method: 'POST',
    body: '{"event_name":"click"}',
    headers: {
      'content-type': 'application/json',
      'X-Api-Key': 'k',
      cookie: 'c=1; d=2',
      'user-agent': 'test',
    },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const host = new URL(endpoint.url).host;
  expect(await response.json()).toEqual({
    version: '2.0',
    routeKey: 'POST /events',
    rawPath: '/events',
    rawQueryString: 'a=1&b=x%20y&a=2',
    cookies: ['c=1', 'd=2'],
    headers: expect.objectContaining({
      'content-type': 'application/json',
      'content-length': '22',
      'x-api-key': 'k',
      host,
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': host.split(':')[1],
      'x-forwarded-proto': 'http',
    }),
    queryStringParameters: { a: '1,2', b: 'x y' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: host,
      domainPrefix: 'api',
      http: {
        method: 'POST',
        path: '/events',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test',
      },
      requestId: expect.stringMatching(/^[\w+/]{15}=$/),
      routeKey: 'POST /events',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"event_name":"click"}',
    isBase64Encoded: false,
  });
});

test.each([
  ['text/plain;charset=UTF-8', false],
  ['application/json; charset=utf-8', false],
  ['application/cloudevents+json', false],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
])('a body of the type %s has isBase64Encoded %s', async (type, isBase64Encoded) => {
  const event = await (await post('ä', { 'content-type': type })).json();
  expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'w6Q=' : 'ä' });
});

test('path parameters are decoded, and a request without a body has none', async () => {
  const event = await (await fetch(`${url}/files/a%20b`)).json();
  expect(event).toMatchObject({
    routeKey: 'GET /files/{name}',
    rawPath: '/files/a%20b',
    pathParameters: { name: 'a b' },
    isBase64Encoded: false,
  });
  expect(event).not.toHaveProperty('body');
});

test('an object with statusCode is the response', async () => {
  const result = {
    statusCode: 202,
    headers: { 'Content-Type': 'application/x-own', 'Retry-After': 3 },
    cookies: ['a=1', 'b=2; Secure'],
    body: 'w6Q=',
    isBase64Encoded: true,
  };
  const response = await act({ result });
  expect(response.status).toBe(202);
  expect(response.headers.get('content-type')).toBe('application/x-own');
  expect(response.headers.get('retry-after')).toBe('3');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Secure']);
  expect(await response.text()).toBe('ä');
});

test.each<[unknown, string]>([
  ['hello', 'hello'],
  [[1, 2], '[1,2]'],
  [null, 'null'],
])('the result %j is the body of a response with status 200', async (result, body) => {
  const response = await act({ result });
  expect([response.status, await response.text()]).toEqual([200, body]);
});

test.each<[string, object]>([
  ['throws', { fail: 'no' }],
  ['returns a status that is none', { result: { statusCode: 'fine' } }],
  ['returns a body that is no string', { result: { statusCode: 200, body: { a: 1 } } }],
])('a function that %s is status 500', async (_, what) => {
  const response = await act(what);
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('a function that may not be invoked is status 500', async () => {
  permit('other/*/*/*');
  expect((await act({ result: 1 })).status).toBe(500);
  permit('api/$default/POST/events');
  expect((await act({ result: 1 })).status).toBe(200);
  permit('api/*/*/*');
});

test('a function that exceeds the time-out of the integration is status 503', async () => {
  open({ timeoutMs: 100 });
  const response = await act({ wait: 400 });
  expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
});

test('a function whose reserved concurrency is in use is status 503; otherwise requests wait', async () => {
  open({ function: { reservedConcurrency: 1 } });
  const both = await Promise.all([act({ wait: 200 }), act({ wait: 200 })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 503]);
  open();
  const many = await Promise.all(Array.from({ length: 30 }, () => act({ wait: 20, result: 1 })));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
});

test.each([
  ['an unknown route', '/other'],
  ['another method', '/events'],
])('%s is status 404', async (_, path) => {
  const response = await fetch(url + path);
  expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
});

test('an unknown API is status 404', async () => {
  expect((await fetch(`${endpoint.url}/_aws/execute-api/nope/events`)).status).toBe(404);
});

test('a stage with a name is the first segment of the path', async () => {
  open({ stage: 'v1' });
  expect((await act({ result: 1 })).status).toBe(404);
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body: 'x' });
  expect(await response.json()).toMatchObject({
    rawPath: '/v1/events',
    routeKey: 'POST /events',
    requestContext: { stage: 'v1' },
  });
});

test('requests over the limits of the stage are status 429', async () => {
  open({ limits: { rate: 0.001, burst: 2 } });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await act({ result: 1 })).status);
  expect(statuses).toEqual([200, 200, 429]);
});

test.each([
  ['than 10 MB', 10 * 1024 * 1024 + 1],
  ["than the function's payload", 7 * 1024 * 1024],
])('a body larger %s is status 413', async (_, bytes) => {
  const response = await post('x'.repeat(bytes), { 'content-type': 'text/plain' });
  expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
});

describe('CORS', () => {
  const cors: CorsConfiguration = {
    AllowOrigins: ['https://shop.example'],
    AllowMethods: ['POST', 'OPTIONS'],
    AllowHeaders: ['content-type', 'x-api-key'],
    ExposeHeaders: ['retry-after'],
    AllowCredentials: false,
    MaxAge: 3600,
  };
  const preflight = (origin: string) =>
    fetch(`${url}/events`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const corsOf = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  test('a preflight is answered by the API', async () => {
    open({ cors });
    const response = await preflight('https://shop.example');
    expect(response.status).toBe(204);
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'POST,OPTIONS',
      'access-control-allow-headers': 'content-type,x-api-key',
      'access-control-max-age': '3600',
    });
    expect(corsOf(await preflight('https://other.example'))).toEqual({});
  });

  test('the headers of the API replace those of the function', async () => {
    open({ cors });
    const body = JSON.stringify({
      do: { result: { statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://x.example' } } },
    });
    const headers = { 'content-type': 'application/json', origin: 'https://shop.example' };
    expect(corsOf(await post(body, headers))).toEqual({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'retry-after',
    });
  });

  test.each([
    ['*', '*'],
    ['https://*', 'https://shop.example'],
    ['http://*', undefined],
  ])('the origin %s allows %s', async (allowed, expected) => {
    open({ cors: { ...cors, AllowOrigins: [allowed] } });
    expect(corsOf(await preflight('https://shop.example'))['access-control-allow-origin']).toBe(expected);
  });

  test('without a configuration, no page of another origin can read the response', async () => {
    expect((await preflight('https://shop.example')).status).toBe(404);
  });
});

test('a host that is not a loopback name is refused, against DNS rebinding', async () => {
  const status = await new Promise((resolve, reject) => {
    httpRequest(`${url}/files/a`, { headers: { host: 'shop.example' } }, ({ statusCode }) =>
      resolve(statusCode),
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});
