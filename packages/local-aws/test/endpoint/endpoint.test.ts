import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { type Endpoint, EndpointError, startEndpoint } from '../../src/endpoint/endpoint';
import { AwsError, type LocalService, readBody } from '../../src/endpoint/service';
import { Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=any/20250701/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** A service that echoes its request, or fails as the body says. */
function echo(name = 'sqs', closed: string[] = []): LocalService {
  return {
    name,
    async handle(incoming, response, context) {
      const body = (await readBody(incoming)).toString();
      if (body === 'fail') throw new TypeError('unforeseen');
      if (body === 'fail late') {
        response.writeHead(200, { 'content-length': 10 }).write('half');
        throw new TypeError('unforeseen');
      }
      if (body === 'refuse') throw new AwsError('Teapot', 'short and stout', 418);
      if (body === 'wait') {
        await new Promise((resolve) => context.signal?.addEventListener('abort', resolve));
      }
      response.end(JSON.stringify({ name, body, endpoint: context.endpoint }));
    },
    close: async () => void closed.push(name),
  };
}

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  agent?: Agent;
}

/** Unlike fetch, it can set Host and Origin. */
async function send(
  endpoint: Endpoint,
  { method = 'POST', path = '/', headers = {}, body = '', agent }: Sent = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const sent = request(`${endpoint.url}${path}`, { method, headers, agent });
  sent.end(body);
  const [response] = await once(sent, 'response');
  return {
    status: response.statusCode,
    headers: response.headers,
    body: (await readBody(response)).toString(),
  };
}

test('the service in the credential scope answers, with the endpoint of the Host header', async () => {
  const endpoint = await scene.serve(echo('sqs'), echo('states'));
  const headers = { ...signed('states'), host: `localhost:${endpoint.port}` };
  const answer = await send(endpoint, { headers, body: 'x' });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({
    name: 'states',
    body: 'x',
    endpoint: `http://localhost:${endpoint.port}`,
  });
  expect(answer.headers['x-amzn-requestid']).toMatch(/.{20,}/);
  expect(answer.headers['x-amz-request-id']).toBe(answer.headers['x-amzn-requestid']);
});

test('the error for an unknown service lists the supported ones', async () => {
  const endpoint = await scene.serve(echo('sqs'), echo('s3'));
  const answer = await send(endpoint, {
    headers: { ...signed('kms'), 'x-amz-target': 'TrentService.ListKeys' },
  });
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body)).toEqual({
    __type: 'UnknownOperationException',
    message: 'The service kms is not supported locally; supported are s3, sqs.',
  });
});

describe('requests of web pages', () => {
  const refusals: [string, Sent, RegExp][] = [
    ['no Authorization header', { headers: {} }, /no Authorization header/],
    ['an Origin', { headers: { ...signed('sqs'), origin: 'http://localhost:3000' } }, /web pages/],
    ['the Origin null', { headers: { ...signed('sqs'), origin: 'null' } }, /web pages/],
    ['another host name', { headers: { ...signed('sqs'), host: 'rebound.example' } }, /Host header/],
    [
      'a name that begins like a loopback',
      { headers: { ...signed('sqs'), host: 'localhost.evil.example' } },
      /Host/,
    ],
    ['a presigned URL', { method: 'GET', path: '/b/k?X-Amz-Signature=0&X-Amz-Credential=a' }, /Presigned/],
    ['a presigned URL of old', { method: 'GET', path: '/b/k?AWSAccessKeyId=a&Signature=0' }, /Presigned/],
    ['a scheme of no AWS client', { headers: { authorization: 'Basic YTpi' } }, /not of the form/],
  ];
  test.each(refusals)('%s is rejected with 403', async (_, sent, reason) => {
    const endpoint = await scene.serve(echo());
    const answer = await send(endpoint, sent);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(reason);
    expect(answer.headers['content-type']).toBe('application/xml');
  });

  test('a preflight is rejected without CORS headers', async () => {
    const endpoint = await scene.serve(echo());
    const headers = { ...signed('sqs'), 'access-control-request-method': 'POST' };
    const answer = await send(endpoint, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each(['127.0.0.1', 'localhost:4566', '[::1]:4566', 'bucket.localhost:4566', 'a.b.localhost'])(
    'the host %s is accepted',
    async (host) => {
      const endpoint = await scene.serve(echo());
      expect((await send(endpoint, { headers: { ...signed('sqs'), host } })).status).toBe(200);
    },
  );
});

test('an unknown Expect header is ignored', async () => {
  const endpoint = await scene.serve(echo());
  expect((await send(endpoint, { headers: { ...signed('sqs'), expect: '200-ok' } })).status).toBe(200);
  expect((await send(endpoint, { headers: { expect: '200-ok' } })).status).toBe(403);
});

test('an error is in the protocol of the caller', async () => {
  const endpoint = await scene.serve(echo());
  const json = await send(endpoint, { headers: { 'x-amz-target': 'AmazonSQS.ListQueues' } });
  expect(JSON.parse(json.body).__type).toBe('MissingAuthenticationTokenException');
  const query = await send(endpoint, {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=ListTopics',
  });
  expect(query.body).toContain(
    '<ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>',
  );
});

test('an unexpected error is answered, and the next request succeeds', async () => {
  const reported: string[] = [];
  const endpoint = await startEndpoint({
    services: [echo()],
    onError: (error, about) => reported.push(`${about} ${error}`),
  });
  try {
    const headers = signed('sqs');
    const answer = await send(endpoint, { headers, body: 'fail' });
    expect([answer.status, answer.body]).toEqual([500, expect.stringContaining('InternalFailure')]);
    await expect(send(endpoint, { headers, body: 'fail late' })).rejects.toThrow();
    expect((await send(endpoint, { headers, body: 'refuse' })).status).toBe(418);
    expect((await send(endpoint, { headers, body: 'fine' })).status).toBe(200);
    expect(reported).toEqual(['POST / TypeError: unforeseen', 'POST / TypeError: unforeseen']);
  } finally {
    await endpoint.close();
  }
});

test('closing ends idle connections and long polls, then the services', async () => {
  const closed: string[] = [];
  const endpoint = await scene.serve(echo('sqs', closed), echo('sns', closed));
  const agent = new Agent({ keepAlive: true });
  const headers = signed('sqs');
  await send(endpoint, { headers, agent });
  const waiting = send(endpoint, { headers, agent, body: 'wait' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = performance.now();
  await endpoint.close();
  expect(performance.now() - started).toBeLessThan(900);
  expect((await waiting).status).toBe(200);
  expect(closed).toEqual(['sqs', 'sns']);
  await endpoint.close();
  expect(closed).toEqual(['sqs', 'sns']);
});

test('the error for a port in use names the remedy', async () => {
  const { port } = await scene.serve(echo());
  const second = startEndpoint({ port, services: [] });
  await expect(second).rejects.toThrow(EndpointError);
  await expect(second).rejects.toThrow(`port ${port} on 127.0.0.1 is taken: choose another port`);
});

test('an address other than loopback is rejected', async () => {
  const open = startEndpoint({ host: '0.0.0.0', services: [] });
  await expect(open).rejects.toThrow('host 0.0.0.0');
});
