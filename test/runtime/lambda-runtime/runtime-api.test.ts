import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRuntimeApi, type ResultMessage, type RuntimeApi } from 'local-aws';
import { type Answer, type Invocation, serveInvocations } from '../../../runtime/lambda-runtime/runtime-api';

let api: RuntimeApi;
beforeEach(async () => {
  api = await openRuntimeApi('arn:aws:lambda:us-east-1:000000000000:function:f');
});
afterEach(() => api.close());

const DEADLINE = 1_767_225_600_000;

function call(requestId: string, payload: string): Promise<ResultMessage> {
  return new Promise((resolve) => {
    api.onResult = resolve;
    api.deliver({ requestId, payload, deadline: DEADLINE });
  });
}

test('invocations are handled one after another, and get their results or errors', async () => {
  const seen: Invocation[] = [];
  const answers: Answer[] = [
    { result: { ok: 1 } },
    { error: { errorType: 'TaskFailed', errorMessage: 'no', stackTrace: ['at f'] } },
    { result: undefined },
  ];
  const early = call('r-1', '{"execution_id":"a"}');
  const served = serveInvocations(api.host, async (invocation) => {
    seen.push(invocation);
    return answers[seen.length - 1] ?? { result: 'more' };
  }).catch((error: Error) => error);
  expect(await early).toEqual({ requestId: 'r-1', payload: '{"ok":1}', failed: false });
  expect(await call('r-2', '{"n":"ü"}')).toEqual({
    requestId: 'r-2',
    payload: '{"errorType":"TaskFailed","errorMessage":"no","stackTrace":["at f"]}',
    failed: true,
  });
  expect(await call('r-3', 'null')).toEqual({ requestId: 'r-3', payload: 'null', failed: false });
  expect(seen.map(({ requestId, event }) => [requestId, event])).toEqual([
    ['r-1', '{"execution_id":"a"}'],
    ['r-2', '{"n":"ü"}'],
    ['r-3', 'null'],
  ]);
  api.close();
  expect(await served).toMatchObject({ name: 'RuntimeApiError' });
});

test('the first invocation is billed from the start of the process, the next from its arrival', async () => {
  const since: number[] = [];
  const served = serveInvocations(api.host, async ({ billedSince }) => {
    since.push(billedSince.getTime());
    return { result: null };
  }).catch(() => {});
  await call('r-1', '{}');
  const between = Date.now();
  await call('r-2', '{}');
  expect(Math.abs((since[0] ?? 0) - (Date.now() - process.uptime() * 1000))).toBeLessThan(100);
  expect(since[1]).toBeGreaterThanOrEqual(between);
  api.close();
  await served;
});

test('an API that answers with an error ends the process', async () => {
  const server = createServer((_, response) => response.writeHead(500).end('broken'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(serveInvocations(host, async () => ({ result: null }))).rejects.toThrow(
    'GET /runtime/invocation/next: expected 2xx, got 500: broken',
  );
  server.close();
});
