import { matchRoute, parseRoute } from '../../src/apigateway/routes';

const ROUTES = [
  'POST /events',
  'ANY /events',
  'GET /files/{name}',
  'GET /files/new',
  'ANY /files/{rest+}',
  '$default',
].map((key) => parseRoute(key, 'i'));

test.each([
  ['POST', '/events', 'POST /events', {}],
  ['PUT', '/events', 'ANY /events', {}],
  ['GET', '/files/new', 'GET /files/new', {}],
  ['GET', '/files/a%20b', 'GET /files/{name}', { name: 'a b' }],
  ['GET', '/files/a/b', 'ANY /files/{rest+}', { rest: 'a/b' }],
  ['PUT', '/files/a', 'ANY /files/{rest+}', { rest: 'a' }],
  ['GET', '/files/', '$default', {}],
  ['GET', '/events/', '$default', {}],
])('%s %s selects %s', (method, path, key, pathParameters) => {
  expect(matchRoute(ROUTES, method, path)).toMatchObject({ route: { key }, pathParameters });
});

test('without $default, a request can have no route', () => {
  expect(matchRoute(ROUTES.slice(0, 1), 'GET', '/events')).toBeUndefined();
});

test.each([
  ['POST events', 'expected "METHOD /path" or "$default" as the key of a route, got "POST events"'],
  ['FETCH /events', 'expected "METHOD /path"'],
  ['GET /{all+}/x', '{all+} must be the last segment of the path'],
])('refuses the key %s', (key, message) => {
  expect(() => parseRoute(key, 'i')).toThrow(message);
});
