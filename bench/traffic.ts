import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** One request to the local S3. */
export interface S3Request {
  /** When it was received, epoch milliseconds. */
  readonly at: number;
  /** When it was answered. */
  readonly answered: number;
  readonly key: string;
  /** The bytes of a copy are not counted, as the caller does not transfer them. */
  readonly operation: 'read' | 'write' | 'copy' | 'list' | 'other';
  /** Bytes of the object, sent or received by the endpoint. */
  readonly bytes: number;
}

export interface Traffic {
  readonly requests: number;
  /** The most requests that follow each other, each after the answer to the one before it: at least those of the longest path. */
  readonly sequential_requests: number;
  /** Distinct keys. */
  readonly objects_read: number;
  readonly bytes_read: number;
  readonly objects_written: number;
  readonly bytes_written: number;
}

export interface TrafficRecorder {
  /** The requests since the last call, in the order of their responses. */
  take(): S3Request[];
  stop(): void;
}

/** Node's diagnostics channel for requests to servers of this process: https://nodejs.org/api/diagnostics_channel.html#http */
const REQUESTS = channel('http.server.request.start');

interface Announced {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/**
 * Records the requests of all callers to an S3 endpoint in this process.
 * @param latencyMs how much longer it takes to answer each of them, as if it were far away
 */
export function recordTraffic(port: number, latencyMs = 0): TrafficRecorder {
  let requests: S3Request[] = [];
  const onRequest = (message: unknown) => {
    const { request, response, server } = message as Announced;
    const address = server.address();
    if (typeof address !== 'object' || address?.port !== port) return;
    if (!/\/s3\/aws4_request/.test(request.headers.authorization ?? '')) return;
    const at = Date.now();
    if (latencyMs > 0) answerLater(response, latencyMs);
    response.once('finish', () => {
      if (response.statusCode < 300) requests.push(describeRequest(request, response, at));
    });
  };
  REQUESTS.subscribe(onRequest);
  return {
    take() {
      const taken = requests;
      requests = [];
      return taken;
    },
    stop: () => void REQUESTS.unsubscribe(onRequest),
  };
}

/** Sends nothing of the response before. */
function answerLater(response: ServerResponse, milliseconds: number): void {
  const end = response.end.bind(response) as (...rest: unknown[]) => ServerResponse;
  let ending: unknown[] | undefined;
  response.cork();
  // It would send what is held back.
  response.end = ((...rest: unknown[]) => {
    ending = rest;
    return response;
  }) as typeof response.end;
  setTimeout(() => {
    response.end = end as typeof response.end;
    if (ending) end(...ending);
    else response.uncork();
  }, milliseconds);
}

function describeRequest(request: IncomingMessage, response: ServerResponse, at: number): S3Request {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
  const { headers, method } = request;
  const is = (operation: S3Request['operation'], bytes = 0): S3Request => ({
    at,
    answered: Date.now(),
    key,
    operation,
    bytes,
  });
  if (key === '') return is(method === 'GET' ? 'list' : 'other');
  if (method === 'GET') return is('read', Number(response.getHeader('content-length') ?? 0));
  if (method !== 'PUT') return is('other');
  if (headers['x-amz-copy-source'] !== undefined) return is('copy');
  if (searchParams.has('tagging')) return is('other');
  return is('write', Number(headers['x-amz-decoded-content-length'] ?? headers['content-length'] ?? 0));
}

export function summarize(requests: readonly S3Request[]): Traffic {
  const of = (operation: S3Request['operation']) => {
    const some = requests.filter((request) => request.operation === operation);
    return {
      objects: new Set(some.map(({ key }) => key)).size,
      bytes: some.reduce((total, { bytes }) => total + bytes, 0),
    };
  };
  const [read, written] = [of('read'), of('write')];
  return {
    requests: requests.length,
    sequential_requests: longestSequence(requests),
    objects_read: read.objects,
    bytes_read: read.bytes,
    objects_written: written.objects,
    bytes_written: written.bytes,
  };
}

/** The greatest number of requests of which no two overlap: taking the one that is answered first each time finds it. */
function longestSequence(requests: readonly S3Request[]): number {
  let count = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, answered } of requests.toSorted((a, b) => a.answered - b.answered)) {
    if (at < free) continue;
    count += 1;
    free = answered;
  }
  return count;
}

/**
 * Assigns each request to the last span that had started when it was received, for consecutive spans. Omits requests before the
 * first span and after the end of the last.
 */
export function assign<Span extends { readonly started: Date; readonly ended: Date }>(
  requests: readonly S3Request[],
  spans: readonly Span[],
): Map<Span, S3Request[]> {
  const assigned = new Map<Span, S3Request[]>(spans.map((span) => [span, []]));
  const end = Math.max(...spans.map(({ ended }) => ended.getTime()));
  for (const request of requests) {
    if (request.at > end) continue;
    const span = spans.findLast(({ started }) => started.getTime() <= request.at);
    if (span) assigned.get(span)?.push(request);
  }
  return assigned;
}
