import { openRuntimeApi, type RuntimeApi } from '../../src/lambda/runtime-api';

let api: RuntimeApi;
beforeEach(async () => {
  api = await openRuntimeApi('arn:aws:lambda:us-east-1:000000000000:function:f');
});
afterEach(() => api.close());

test('a response to an unknown invocation is rejected', async () => {
  const answer = await fetch(`http://${api.host}/2018-06-01/runtime/invocation/other/response`, {
    method: 'POST',
    body: '{}',
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
  ]);
});

test('unknown paths are not found', async () => {
  expect((await fetch(`http://${api.host}/2018-06-01/runtime/other`)).status).toBe(404);
});
