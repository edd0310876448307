import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import { LambdaFunctions } from '../../src/lambda/functions';
import { createLambdaService } from '../../src/lambda/service';
import { DEFAULT_PLACE } from '../../src/place';
import { directoryOf, remove } from '../../src/testing/files';
import { iamWithRole } from '../../src/testing/roles';
import { authorization } from '../../src/testing/scene';
import { buildChild } from '../built';
import { functionConfig } from './function-config';

let directory: string;
let endpoint: Endpoint;

beforeAll(async () => {
  directory = directoryOf({
    'index.js':
      'exports.handler = async (event) => { if (event.fail) throw new Error("no"); return { got: event }; }',
  });
  const runtime = buildChild('lambda/runtime.ts', directory);
  const { iam, roleArn } = iamWithRole('lambda.amazonaws.com');
  const functions = new LambdaFunctions({
    ...DEFAULT_PLACE,
    iam,
    dataDirectory: directory,
    platform: () => ({}),
    runtime,
  });
  functions.deploy(functionConfig('echo', { roleArn, codeDirectory: directory }));
  const services = [createLambdaService(functions)];
  endpoint = await startEndpoint({ services });
});
afterAll(async () => {
  await endpoint.close();
  remove(directory);
});

const request = (path: string, init: RequestInit = {}) =>
  fetch(`${endpoint.url}/2015-03-31${path}`, {
    method: 'POST',
    ...init,
    headers: { authorization: authorization('lambda'), ...init.headers },
  });

test('Invoke returns the result of the function', async () => {
  const name = encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:echo');
  const response = await request(`/functions/${name}/invocations`, { body: '{"a":"ü"}' });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-amz-executed-version')).toBe('$LATEST');
  expect(await response.json()).toEqual({ got: { a: 'ü' } });
});

test('Invoke answers 200 with the function error and its header', async () => {
  const response = await request('/functions/echo/invocations', { body: '{"fail":1}' });
  expect([response.status, response.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
  expect(await response.json()).toMatchObject({ errorType: 'Error', errorMessage: 'no' });
});

test('an invocation of type Event is accepted immediately', async () => {
  const headers = { 'x-amz-invocation-type': 'Event' };
  const response = await request('/functions/echo/invocations', { headers });
  expect([response.status, await response.text()]).toEqual([202, '']);
});

test.each([
  ['ResourceNotFoundException', 404, '/functions/other/invocations', { body: '{}' }],
  ['InvalidRequestContentException', 400, '/functions/echo/invocations', { body: '{' }],
  ['NotImplemented', 501, '/functions', { method: 'GET' }],
])('answers %s with %d to %s', async (code, status, path, init) => {
  const response = await request(path, init);
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, code]);
  expect(await response.json()).toHaveProperty('Message');
});
