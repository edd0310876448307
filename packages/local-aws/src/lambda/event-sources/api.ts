import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type RequestContext, readBody } from '../../endpoint/service';
import { assertAllowed, type DenialWording } from '../../iam/denied';
import type { EventSourceMappings } from './event-source-mappings';
import { invalidMapping } from './invalid-mapping';
import { describeMapping, type EventSourceMapping } from './mapping';

const PATH = /^\/2015-03-31\/event-source-mappings(?:\/([0-9a-f-]+))?\/?$/;
const DENIAL: DenialWording = { code: 'AccessDeniedException', status: 403 };
const PAGE = 100;

export const isMappingRequest = (url: URL): boolean => PATH.test(url.pathname);

/**
 * Answers the operations on event source mappings: Create, Get, List, Update and Delete.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 * @throws LambdaError, AwsError
 */
export async function answerMappingRequest(
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
  context: RequestContext,
  mappings: EventSourceMappings,
): Promise<void> {
  const { account, region, decide } = context;
  const uuid = PATH.exec(url.pathname)?.[1];
  const arnOf = (id: string) => `arn:aws:lambda:${region}:${account}:event-source-mapping:${id}`;
  const authorize = (operation: string) => {
    const resource = uuid === undefined ? '*' : arnOf(uuid);
    assertAllowed(decide, [{ action: `lambda:${operation}EventSourceMapping`, resource }], DENIAL);
  };
  const describe = (mapping: EventSourceMapping) =>
    describeMapping(mapping, arnOf(mapping.uuid), mappings.lastResult(mapping.uuid));
  const answer = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

  const { method } = request;
  if (uuid === undefined && method === 'POST') {
    authorize('Create');
    return answer(202, describe(mappings.create(await readJson(request))));
  }
  if (uuid === undefined && method === 'GET') {
    assertAllowed(decide, [{ action: 'lambda:ListEventSourceMappings', resource: '*' }], DENIAL);
    return answer(200, page(mappings.all().filter(filterOf(url)), url, describe));
  }
  if (uuid !== undefined && method === 'GET') {
    authorize('Get');
    return answer(200, describe(mappings.get(uuid)));
  }
  if (uuid !== undefined && method === 'PUT') {
    authorize('Update');
    return answer(202, describe(mappings.update(uuid, await readJson(request))));
  }
  if (uuid !== undefined && method === 'DELETE') {
    authorize('Delete');
    return answer(202, { ...describe(mappings.delete(uuid)), State: 'Deleting' });
  }
  throw new AwsError('NotImplemented', `lambda: ${method} ${url.pathname} is not supported locally`, 501);
}

function filterOf(url: URL): (mapping: EventSourceMapping) => boolean {
  const source = url.searchParams.get('EventSourceArn');
  const name = url.searchParams.get('FunctionName');
  return ({ settings, functionArn }) =>
    (source === null || settings.EventSourceArn === source) &&
    (name === null || functionArn === name || functionArn.endsWith(`:function:${name}`));
}

/** A page in the order of creation; the marker is the number of mappings before it. */
function page(
  all: readonly EventSourceMapping[],
  url: URL,
  describe: (mapping: EventSourceMapping) => object,
): object {
  const start = Number(url.searchParams.get('Marker') ?? 0);
  const end = start + Math.min(PAGE, Number(url.searchParams.get('MaxItems') ?? PAGE));
  return {
    EventSourceMappings: all.slice(start, end).map(describe),
    ...(end < all.length && { NextMarker: String(end) }),
  };
}

async function readJson(request: IncomingMessage): Promise<object> {
  const text = (await readBody(request)).toString('utf8');
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {}
  throw invalidMapping('The request body is not a JSON object.');
}
