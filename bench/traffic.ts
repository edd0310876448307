import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** One request that the local S3 answered. */
export interface S3Request {
  /** When it came, epoch milliseconds. */
  readonly at: number;
  readonly key: string;
  /** A copy's bytes do not pass the caller, so they are not counted. */
  readonly operation: 'read' | 'write' | 'copy' | 'list' | 'other';
  /** Of the object's own bytes: sent by the endpoint, or taken by it. */
  readonly bytes: number;
}

export interface Traffic {
  readonly requests: number;
  /** Different keys. */
  readonly objects_read: number;
  readonly bytes_read: number;
  readonly objects_written: number;
  readonly bytes_written: number;
}

export interface TrafficRecorder {
  /** The requests since the last call, in the order they were answered. */
  take(): S3Request[];
  stop(): void;
}

/** Node's own announcement of every request to a server of this process: https://nodejs.org/api/diagnostics_channel.html#http */
const REQUESTS = channel('http.server.request.start');

interface Announced {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/** Counts what passes an S3 endpoint of this process, every caller's requests. */
export function recordTraffic(port: number): TrafficRecorder {
  let requests: S3Request[] = [];
  const onRequest = (message: unknown) => {
    const { request, response, server } = message as Announced;
    const address = server.address();
    if (typeof address !== 'object' || address?.port !== port) return;
    if (!/\/s3\/aws4_request/.test(request.headers.authorization ?? '')) return;
    const at = Date.now();
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

function describeRequest(request: IncomingMessage, response: ServerResponse, at: number): S3Request {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const key = decodeURIComponent(pathname.split('/').slice(2).join('/'));
  const { headers, method } = request;
  const is = (operation: S3Request['operation'], bytes = 0): S3Request => ({ at, key, operation, bytes });
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
    objects_read: read.objects,
    bytes_read: read.bytes,
    objects_written: written.objects,
    bytes_written: written.bytes,
  };
}

/**
 * Requests by the last span that had begun when they came, for spans that follow one another; those before the first
 * and after the last one's end are left out.
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
