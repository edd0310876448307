/** A route of an HTTP API. */
export interface Route {
  /** `POST /events`, `ANY /files/{name+}`, `$default` */
  readonly key: string;
  readonly integrationId: string;
  /** `ANY` for every method; undefined for `$default`. */
  readonly method: string | undefined;
  /** `{name}` is a parameter, `{name+}` at the end takes the rest of the path. */
  readonly segments: readonly string[];
}

export interface MatchedRoute {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

const METHOD = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/;
const GREEDY = /^\{(.+)\+\}$/;
const PARAMETER = /^\{(.+?)\+?\}$/;

/** @throws RangeError for a malformed key */
export function parseRoute(key: string, integrationId: string): Route {
  if (key === '$default') return { key, integrationId, method: undefined, segments: [] };
  const [method = '', path = ''] = key.split(' ');
  if (!METHOD.test(method) || !path.startsWith('/')) {
    throw new RangeError(
      `expected "METHOD /path" or "$default" as the key of a route, got ${JSON.stringify(key)}`,
    );
  }
  const segments = segmentsOf(path);
  const greedy = segments.findIndex((segment) => GREEDY.test(segment));
  if (greedy >= 0 && greedy < segments.length - 1) {
    throw new RangeError(`${key}: ${segments[greedy]} must be the last segment of the path`);
  }
  return { key, integrationId, method, segments };
}

/**
 * The most specific route of a request: a full match, then one with a greedy parameter, then `$default`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
export function matchRoute(routes: Iterable<Route>, method: string, path: string): MatchedRoute | undefined {
  const segments = segmentsOf(path);
  const matches = [...routes]
    .map((route) => ({ route, pathParameters: parametersOf(route, method, segments) }))
    .filter((match): match is MatchedRoute => match.pathParameters !== undefined);
  return matches.sort((a, b) => compareRanks(rankOf(a.route), rankOf(b.route)))[0];
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

function parametersOf(
  route: Route,
  method: string,
  segments: readonly string[],
): Record<string, string> | undefined {
  if (route.method === undefined) return {};
  if (route.method !== 'ANY' && route.method !== method) return undefined;
  const isGreedy = GREEDY.test(route.segments.at(-1) ?? '');
  const fits = isGreedy
    ? segments.length >= route.segments.length
    : segments.length === route.segments.length;
  if (!fits) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of route.segments.entries()) {
    const [, name] = PARAMETER.exec(expected) ?? [];
    const found = GREEDY.test(expected) ? segments.slice(index).join('/') : (segments[index] ?? '');
    if (name === undefined ? found !== expected : found === '') return undefined;
    if (name !== undefined) parameters[name] = decode(found);
  }
  return parameters;
}

/** Lower ranks are more specific: greedy parameters, literal segments, parameters, any method. */
function rankOf({ method, segments }: Route): number[] {
  const literals = segments.filter((segment) => !PARAMETER.test(segment)).length;
  const isGreedy = GREEDY.test(segments.at(-1) ?? '');
  return [method === undefined ? 2 : isGreedy ? 1 : 0, -literals, method === 'ANY' ? 1 : 0];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
