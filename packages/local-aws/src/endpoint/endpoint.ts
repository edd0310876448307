import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultInjection } from '../fault-injection';
import { type AccessControl, allowAll } from '../iam/access';
import { DEFAULT_PLACE, type Place } from '../place';
import { answerError } from './error-answer';
import { assertLoopbackHost, readSignature, rejectCrossOrigin } from './guard';
import { acceptHttp2, type Http2Connections } from './http2';
import { AwsError, type LocalService, type RequestContext, type WebApis } from './service';

interface EndpointOptions extends Partial<Place> {
  /** A loopback address: `127.0.0.1` (the default), `::1` or `localhost`. */
  readonly host?: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  readonly services: readonly LocalService[];
  /** The only part that web pages may call. */
  readonly webApis?: WebApis | undefined;
  /** Permissions; by default everything is allowed. */
  readonly access?: AccessControl;
  readonly faults?: Pick<FaultInjection, 'intercept'> | undefined;
  /** Called with errors that no service handled; by default they go to standard error. */
  readonly onError?: (error: unknown, request: string) => void;
}

export interface Endpoint {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  readonly port: number;
  /** Closes all connections, with a grace period of one second for running requests, then the services. Idempotent. */
  close(): Promise<void>;
}

/** The endpoint could not be opened. */
export class EndpointError extends Error {
  constructor(
    message: string,
    readonly host: string,
    readonly port: number,
  ) {
    super(message);
    this.name = 'EndpointError';
  }
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const CLOSE_GRACE_MS = 1000;
/** Longer than SDK clients keep idle connections, so that none sends a request on a socket being closed. */
const KEEP_ALIVE_MS = 120_000;

/**
 * Starts the HTTP server for all services. The credential scope of the signature selects the service. Requests that a
 * web page could send are rejected (see guard.ts), except those to web APIs.
 * @throws EndpointError if the port is in use or the host is not a loopback address
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { host = '127.0.0.1', port = 0 } = options;
  const { account, region } = { ...DEFAULT_PLACE, ...options };
  if (!LOOPBACK.includes(host)) {
    throw new EndpointError(
      `host ${host}: the endpoint opens on ${LOOPBACK.join(', ')} only, since it checks no signatures`,
      host,
      port,
    );
  }
  const services = new Map(options.services.map((service) => [service.name, service]));
  const access = options.access ?? allowAll(account);
  const onError = options.onError ?? reportError;
  /** Controllers of pending requests. AbortSignal.any with one long-lived signal would leak memory per request. */
  const pending = new Set<AbortController>();
  let isClosing = false;

  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response).catch((error) => onError(error, describe(request)));
  const server = createServer(handle);
  const http2 = acceptHttp2(server, handle);
  // An unknown Expect header is ignored, as by S3; Node would answer 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader('x-amzn-requestid', requestId);
    response.setHeader('x-amz-request-id', requestId);
    if (isClosing && request.httpVersionMajor === 1) response.setHeader('connection', 'close');
    response.on('error', () => {});
    const ended = new AbortController();
    let isDisconnected = false;
    pending.add(ended);
    response.on('close', () => {
      isDisconnected = true;
      pending.delete(ended);
      ended.abort();
    });
    if (isClosing) ended.abort();
    try {
      if (options.webApis?.accepts(request)) {
        assertLoopbackHost(request);
        await options.webApis.handle(request, response);
        return;
      }
      rejectCrossOrigin(request);
      const { service: name, accessKeyId, sessionToken } = readSignature(request);
      const caller = access.callerOf(accessKeyId, sessionToken);
      const service = services.get(name);
      if (!service) throw unknownService(name, [...services.keys()]);
      const context: RequestContext = {
        requestId,
        account,
        region,
        endpoint: `http://${request.headers.host}`,
        caller,
        decide: (wanted) => access.decide(caller, wanted),
        signal: ended.signal,
      };
      const watched = options.faults?.intercept(request, response, context, accessKeyId) ?? context;
      await service.handle(request, response, watched);
    } catch (error) {
      if (!(error instanceof AwsError) && !isDisconnected) onError(error, describe(request));
      if (response.headersSent) response.destroy();
      else answerError(request, response, requestId, error);
    }
  }

  const address = await listen(server, host, port);
  let closed: Promise<void> | undefined;
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    close() {
      closed ??= (async () => {
        isClosing = true;
        for (const ended of pending) ended.abort();
        await stop(server, http2);
        for (const service of options.services) await service.close();
      })();
      return closed;
    },
  };
}

function unknownService(name: string, served: string[]): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The service ${name} is not supported locally; supported are ${served.sort().join(', ') || 'none'}.`,
    404,
  );
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is taken: choose another port, or 0 for any that is free`
          : `cannot listen on ${host}, port ${port}: ${error.message}; choose another port`;
      reject(new EndpointError(reason, host, port));
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve(server.address() as AddressInfo);
    });
  });
}

function stop(server: Server, http2: Http2Connections): Promise<void> {
  return new Promise((resolve) => {
    const closeIdle = () => {
      server.closeIdleConnections();
      http2.closeIdle();
    };
    const grace = setTimeout(() => {
      server.closeAllConnections();
      http2.closeAll();
    }, CLOSE_GRACE_MS);
    // A connection becomes idle only after its last response is written: repeat until none is left.
    const sweep = setInterval(closeIdle, 20);
    server.close(() => {
      clearTimeout(grace);
      clearInterval(sweep);
      resolve();
    });
    closeIdle();
  });
}

function describe(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  return `${request.method} ${request.url}${target ? ` (${target})` : ''}`;
}

function reportError(error: unknown, request: string): void {
  console.error(`${request}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
}
