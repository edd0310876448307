import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Place } from '../place';
import type { MatchedRoute } from './routes';

interface ReceivedRequest {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** The path after the API's own, as sent, with the stage if it has a name. */
  readonly path: string;
  readonly matched: MatchedRoute;
  readonly at: Date;
}

/** Media types whose bodies are passed as text; others are passed in base64. */
const TEXT = /^(?:text\/[^;]*|application\/(?:json|javascript|xml|[^;]*\+(?:json|xml)))\s*(?:;|$)/i;

/**
 * The event of an HTTP request, payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function requestEvent(received: ReceivedRequest, account: Place['account']): object {
  const { request, body, apiId, stage, stageVariables, path, matched, at } = received;
  const query = request.url?.split('?').slice(1).join('?') ?? '';
  const queryParameters = joined(new URLSearchParams(query));
  const { cookie, ...headers } = headersOf(request);
  const isText = TEXT.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const { pathParameters, route } = matched;
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query !== '' && { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: account,
      apiId,
      domainName: headers.host ?? '',
      domainPrefix: apiId,
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomBytes(11).toString('base64'),
      routeKey: route.key,
      stage,
      time: commonLogTime(at),
      timeEpoch: at.getTime(),
    },
    ...(Object.keys(stageVariables).length > 0 && { stageVariables }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Names in lower case; several values of a name are joined with commas. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    ...headers,
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'x-forwarded-for': request.socket.remoteAddress ?? '',
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
}

function joined(parameters: URLSearchParams): Record<string, string> {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')]));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `28/Nov/2026:10:00:00 +0000` */
function commonLogTime(at: Date): string {
  const [date = '', time = ''] = at.toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
