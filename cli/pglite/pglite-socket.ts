/**
 * PGlite as a server: clients of PostgreSQL connect to a port. PGlite is one session, so the transaction of a client keeps the others waiting.
 * What they set for their session, temporary tables and prepared statements with names are shared.
 *
 * PGlite takes what a client sends until it waits for an answer, all at once. That includes COPY FROM STDIN with all its rows, which therefore
 * must fit into MAX_BYTES.
 */

import { createServer, type Server, type Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { type ClientMessage, ClientMessages } from './client-messages';

/** PGlite fails with more than 16 MB at once. */
const MAX_BYTES = 15_000_000;

/** Messages after which the client waits for an answer. */
const ENDS = new Set(['startup', 'Q', 'S', 'F', 'H']);
const COPY_FROM_STDIN = /^\s*copy\b[^;]*\bfrom\s+stdin\b/i;
/** CopyInResponse of text, without saying how many columns. */
const COPY_IN = Buffer.from([0x47, 0, 0, 0, 7, 0, 0, 0]);

/** What a client sent, and where its answer goes. */
interface Request {
  readonly client: Socket;
  readonly bytes: Buffer;
  /** Whether the client has had the answer that the server waits for rows. */
  readonly isCopy: boolean;
}

/** Runs the requests of all clients, one at a time. */
class Requests {
  private readonly waiting: Request[] = [];
  private isRunning = false;
  /** The client whose transaction is open. */
  private owner: Socket | undefined;

  constructor(private readonly db: PGlite) {}

  add(request: Request): void {
    this.waiting.push(request);
    void this.run();
  }

  /** Ends the transaction of a client that is gone, and leaves out what it sent. */
  leave(client: Socket): void {
    for (let at = this.waiting.length - 1; at >= 0; at--)
      if (this.waiting[at]?.client === client) this.waiting.splice(at, 1);
    if (this.owner === client)
      this.waiting.unshift({ client, bytes: queryMessage('rollback'), isCopy: false });
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let request = this.next(); request; request = this.next()) {
      const { client, bytes, isCopy } = request;
      try {
        const answer = await this.db.runExclusive(() => this.db.execProtocolRaw(bytes, { syncToFs: true }));
        this.owner = isInTransaction(answer, this.owner === client) ? client : undefined;
        if (client.writable) client.write(isCopy ? withoutCopyIn(answer) : answer);
        else if (this.owner === client) this.leave(client);
      } catch (error) {
        if (this.owner === client) this.owner = undefined;
        client.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.isRunning = false;
  }

  private next(): Request | undefined {
    const { owner } = this;
    if (!owner) return this.waiting.shift();
    const at = this.waiting.findIndex(({ client }) => client === owner);
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0];
  }
}

/** Collects what one client sends until it waits for an answer. */
class Client {
  private readonly messages = new ClientMessages();
  private collected: Buffer[] = [];
  private size = 0;
  private isCopying = false;

  constructor(
    private readonly socket: Socket,
    private readonly requests: Requests,
  ) {}

  receive(bytes: Buffer): void {
    for (const message of this.messages.add(bytes)) this.handle(message);
  }

  private handle({ type, bytes }: ClientMessage): void {
    if (type === 'ssl') this.socket.write('N');
    else if (type === 'cancel' || type === 'X') this.socket.end();
    else if (this.isCopying) this.copy(type, bytes);
    else if (type === 'Q' && COPY_FROM_STDIN.test(bytes.toString('utf8', 5))) {
      this.collect(bytes);
      this.isCopying = true;
      this.socket.write(COPY_IN);
    } else {
      this.collect(bytes);
      if (ENDS.has(type)) this.send(false);
    }
  }

  private copy(type: string, bytes: Buffer): void {
    if (type !== 'd' && type !== 'c' && type !== 'f') return;
    if (type === 'd' && this.size + bytes.length > MAX_BYTES) {
      this.socket.destroy(new Error(`a COPY of more than ${MAX_BYTES} bytes: copy in parts`));
      return;
    }
    this.collect(bytes);
    if (type === 'd') return;
    this.isCopying = false;
    this.send(true);
  }

  private collect(bytes: Buffer): void {
    this.collected.push(bytes);
    this.size += bytes.length;
  }

  private send(isCopy: boolean): void {
    this.requests.add({ client: this.socket, bytes: Buffer.concat(this.collected), isCopy });
    this.collected = [];
    this.size = 0;
  }
}

/** Listens on a port of 127.0.0.1; 0 picks a free one. @returns the port, and what ends it */
export async function servePglite(
  db: PGlite,
  port: number,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const requests = new Requests(db);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const client = new Client(socket, requests);
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => client.receive(bytes));
    // A client that is gone is no fault of the server.
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      requests.leave(socket);
    });
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

/** ReadyForQuery ends an answer and has the status; without it, as after a flush, the status is that of before. */
function isInTransaction(answer: Uint8Array, before: boolean): boolean {
  const ready = answer.at(-6) === 0x5a && answer.at(-2) === 5;
  return ready ? answer.at(-1) !== 0x49 : before;
}

/** The answer without CopyInResponse, which the client has had. */
function withoutCopyIn(answer: Uint8Array): Uint8Array {
  const bytes = Buffer.from(answer);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes[at] !== 0x47) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const header = Buffer.alloc(5);
  header.write('Q');
  header.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([header, text]);
}
