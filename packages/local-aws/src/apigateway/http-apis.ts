import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebApis } from '../endpoint/service';
import type { Iam } from '../iam/iam';
import { LambdaError } from '../lambda/function-config';
import type { LambdaFunctions } from '../lambda/functions';
import type { Place } from '../place';
import { type CorsConfiguration, corsHeaders, isPreflight } from './cors';
import { requestEvent } from './event';
import { errorReply, type Reply, replyOf } from './reply';
import { type MatchedRoute, matchRoute, type Route } from './routes';
import { Throttle, type ThrottleSettings } from './throttle';

interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Of the routes without their own. */
  readonly limits: ThrottleSettings;
  readonly limitsByRoute: ReadonlyMap<string, ThrottleSettings>;
}

interface HttpApi {
  readonly cors: CorsConfiguration | undefined;
  readonly integrations: Map<string, Integration>;
  readonly routes: Map<string, Route>;
  readonly stages: Map<string, Stage>;
  readonly throttles: Map<string, Throttle>;
}

interface HttpApisOptions extends Place {
  readonly iam: Iam;
  readonly functions: LambdaFunctions;
  readonly log: (line: string) => void;
}

/** Path of the APIs on the endpoint; no bucket can have this name. */
const PREFIX = '/_aws/execute-api/';
const DEFAULT_STAGE = '$default';
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** The HTTP APIs of the template, with functions as integrations. Web pages may call them, unlike the other services. */
export class HttpApis implements WebApis {
  private readonly apis = new Map<string, HttpApi>();

  constructor(private readonly options: HttpApisOptions) {}

  /** @returns the path of the API on the endpoint, for its ApiEndpoint */
  putApi(id: string, cors: CorsConfiguration | undefined): string {
    this.apis.set(id, {
      cors,
      integrations: new Map(),
      routes: new Map(),
      stages: new Map(),
      throttles: new Map(),
    });
    return PREFIX + id;
  }

  /** undefined for an unknown API. */
  find(apiId: string): Pick<HttpApi, 'integrations' | 'routes' | 'stages'> | undefined {
    return this.apis.get(apiId);
  }

  accepts({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(PREFIX);
  }

  /** Answers a request, including errors. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [apiId = '', ...rest] = (request.url?.split('?')[0] ?? '').slice(PREFIX.length).split('/');
    const api = this.apis.get(apiId);
    const body = await readLimited(request, MAX_BODY_BYTES);
    const path = `/${rest.join('/')}`;
    const reply = api ? await this.answer(apiId, api, path, request, body) : errorReply(404, 'Not Found');
    const cors = api?.cors ? corsHeaders(api.cors, request) : {};
    const headers = Object.entries({ ...reply.headers, ...cors });
    for (const [name, value] of headers) response.setHeader(name, value);
    response.writeHead(reply.status);
    response.end(reply.body);
  }

  private async answer(
    apiId: string,
    api: HttpApi,
    path: string,
    request: IncomingMessage,
    body: Buffer | undefined,
  ): Promise<Reply> {
    if (api.cors && isPreflight(request)) return { status: 204, headers: {}, body: '' };
    const { stage, routed } = stageOf(api, path);
    const matched = stage && matchRoute(api.routes.values(), request.method ?? '', routed);
    const integration = matched && api.integrations.get(matched.route.integrationId);
    if (!stage || !matched || !integration) return errorReply(404, 'Not Found');
    if (!throttleOf(api, stage, matched.route.key).take()) return errorReply(429, 'Too Many Requests');
    if (!body) return errorReply(413, 'Request Entity Too Large');
    const event = JSON.stringify(
      requestEvent(
        {
          request,
          body,
          apiId,
          stage: stage.name,
          stageVariables: stage.variables,
          path,
          matched,
          at: new Date(),
        },
        this.options.account,
      ),
    );
    if (Buffer.byteLength(event) > MAX_EVENT_BYTES) return errorReply(413, 'Request Entity Too Large');
    return this.invoke(integration, sourceArn(this.options, apiId, stage, matched), event);
  }

  /** A function that fails or must not be invoked is 500; one that is busy or too slow is 503. */
  private async invoke(integration: Integration, source: string, event: string): Promise<Reply> {
    const { functions, iam, log } = this.options;
    const { functionArn, timeoutMs } = integration;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, undefined);
    });
    try {
      // Without reserved concurrency, a request waits for one of the few local processes; on AWS there are hundreds.
      const isReserved = functions.config(functionArn).reservedConcurrency !== undefined;
      const caller = iam.service('apigateway.amazonaws.com', source);
      const result = await Promise.race([
        functions.invoke(caller, functionArn, event, isReserved ? 'refuse' : 'wait'),
        timeout,
      ]);
      if (!result) return errorReply(503, 'Service Unavailable');
      const reply = result.functionError ? undefined : replyOf(result.payload);
      return reply ?? errorReply(500, 'Internal Server Error');
    } catch (error) {
      const isBusy = error instanceof LambdaError && error.code === 'TooManyRequestsException';
      if (!isBusy) log(`HTTP API, ${functionArn.split(':').at(-1)}: ${error}`);
      return isBusy ? errorReply(503, 'Service Unavailable') : errorReply(500, 'Internal Server Error');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The first segment can name a stage; the default stage has none. */
function stageOf(api: HttpApi, path: string): { stage: Stage | undefined; routed: string } {
  const [, first = '', ...rest] = path.split('/');
  const named = first === DEFAULT_STAGE ? undefined : api.stages.get(first);
  if (named) return { stage: named, routed: `/${rest.join('/')}` };
  return { stage: api.stages.get(DEFAULT_STAGE), routed: path };
}

function throttleOf(api: HttpApi, stage: Stage, routeKey: string): Throttle {
  const limits = stage.limitsByRoute.get(routeKey) ?? stage.limits;
  const key = `${stage.name} ${routeKey}`;
  const known = api.throttles.get(key);
  if (known?.settings === limits) return known;
  const throttle = new Throttle(limits);
  api.throttles.set(key, throttle);
  return throttle;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-using-iam-policies-to-invoke-api.html */
function sourceArn(place: Place, apiId: string, stage: Stage, { route }: MatchedRoute): string {
  const method = route.method === undefined ? '*' : route.method === 'ANY' ? '*' : route.method;
  const path = route.method === undefined ? DEFAULT_STAGE : route.segments.join('/');
  return `arn:aws:execute-api:${place.region}:${place.account}:${apiId}/${stage.name}/${method}/${path}`;
}

/** Reads all of a body, so that the client receives the response; undefined beyond the limit. */
async function readLimited(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else chunks = [];
  }
  return bytes > limit ? undefined : Buffer.concat(chunks);
}
