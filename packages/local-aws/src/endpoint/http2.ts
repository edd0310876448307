import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** First bytes of an HTTP/2 connection. https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const PREFACE = 'PRI';

export interface Http2Connections {
  /** Ends connections without a running request. */
  closeIdle(): void;
  closeAll(): void;
}

/**
 * Lets an HTTP/1.1 server also accept HTTP/2 with prior knowledge, which the SDK's client of Kinesis speaks. The first bytes of
 * a connection decide.
 */
export function acceptHttp2(
  server: Server,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Http2Connections {
  const sessions = new Set<ServerHttp2Session>();
  /** Connections that have not sent anything. */
  const silent = new Set<Socket>();
  const http2 = createServer((request, response) => {
    request.headers.host ??= request.authority;
    handle(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  });
  http2.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });

  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const ignore = () => {};
    silent.add(socket);
    socket.on('error', ignore);
    socket.once('close', () => silent.delete(socket));
    socket.once('data', (first: Buffer) => {
      silent.delete(socket);
      socket.off('error', ignore);
      socket.pause();
      socket.unshift(first);
      if (first.toString('latin1', 0, PREFACE.length) === PREFACE) {
        http2.emit('connection', socket);
        return;
      }
      for (const listener of listeners) listener.call(server, socket);
      socket.resume();
    });
  });
  return {
    closeIdle() {
      for (const socket of silent) socket.destroy();
      for (const session of sessions) session.close();
    },
    closeAll() {
      for (const session of sessions) session.destroy();
    },
  };
}
