import { request } from 'node:http';
import { LocalPipeline } from '../e2e/local-pipeline';

let pipeline: LocalPipeline;
let origin: string;
let token: string;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ every: 0, console: true });
  const url = new URL(pipeline.ready.console ?? '');
  origin = url.origin;
  token = url.hash.slice('#token='.length);
});
afterAll(() => pipeline.stop());

/** With headers that fetch does not let one set. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(new URL(path, origin), { method, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asking.once('error', reject);
    asking.end();
  });
}

test('with its token with its token the console returns its deployment', async () => {
  const { status, body } = await ask('/api/about', { Authorization: `Bearer ${token}` });
  expect({ status, ...JSON.parse(body) }).toMatchObject({
    status: 200,
    bucket: pipeline.ready.bucket,
    region: 'us-east-1',
    isLocal: true,
    timeZone: 'UTC',
  });
});

test.each([
  ['no token', {}, 401],
  ['another token', { Authorization: 'Bearer guessed' }, 401],
  ['a token as long as the right one', { Authorization: `Bearer ${'x'.repeat(32)}` }, 401],
])('data is not given to %s', async (_, headers, expected) => {
  for (const path of ['/api/about', '/api/executions', '/api/nothing']) {
    expect((await ask(path, headers)).status).toBe(expected);
  }
});

test('a page of another origin gets nothing, even with the token, and is told of no right to read', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
    const answer = await ask(
      '/api/about',
      { Authorization: `Bearer ${token}`, Origin: 'http://evil.example' },
      method,
    );
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

test('a name that resolves to this computer gets nothing, as in DNS rebinding', async () => {
  const answer = await ask('/api/about', { Authorization: `Bearer ${token}`, Host: 'evil.example' });
  expect(answer.status).toBe(421);
  expect((await ask('/', { Host: 'evil.example' })).status).toBe(421);
});

test('every answer forbids loading, framing and sending elsewhere', async () => {
  for (const path of ['/', '/executions', '/api/about', '/assets/none.js']) {
    const { headers } = await ask(path);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  }
});

test('the document of a page loads its script at once, and that of any other path the application alone', async () => {
  const preloads = async (path: string) =>
    [...(await ask(path)).body.matchAll(/<link rel="modulepreload" crossorigin href="([^"]+)">/g)].map(
      ([, href = '']) => href,
    );
  const atStart = await preloads('/no-such-page');
  for (const [path, page] of [
    ['/', 'home'],
    ['/live', 'live'],
    ['/executions/any', 'executions'],
  ]) {
    const added = (await preloads(path ?? '')).filter((href) => !atStart.includes(href));
    expect(added[0]).toContain(`/assets/${page}-page-`);
    for (const href of added) {
      const { status, headers } = await ask(href);
      expect({ status, type: headers['content-type'], cache: headers['cache-control'] }).toEqual({
        status: 200,
        type: 'text/javascript; charset=utf-8',
        cache: 'public, max-age=31536000, immutable',
      });
    }
  }
  expect((await ask('/assets/none.js')).status).toBe(404);
});

test('a file outside the page is not served, however the path is written', async () => {
  for (const path of [
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
  ]) {
    expect((await ask(path)).body).not.toContain('"dependencies"');
  }
});
