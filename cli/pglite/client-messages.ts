/**
 * The messages of a client of PostgreSQL, put together from what its socket receives.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** One message, with its header. */
export interface ClientMessage {
  /** A letter of the protocol; `startup`, `ssl` and `cancel` for the messages without one. */
  readonly type: string;
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** Collects bytes, and gives the complete messages in them. */
export class ClientMessages {
  private pending: Buffer[] = [];
  private size = 0;
  private hasStarted = false;

  /** @returns the messages that are complete now */
  add(bytes: Buffer): ClientMessage[] {
    this.pending.push(bytes);
    this.size += bytes.length;
    const messages: ClientMessage[] = [];
    for (let message = this.next(); message; message = this.next()) messages.push(message);
    return messages;
  }

  private next(): ClientMessage | undefined {
    // A message of the start has no letter.
    const letters = this.hasStarted ? 1 : 0;
    if (this.size < letters + 4) return undefined;
    const all = this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending);
    this.pending = [all];
    const length = letters + all.readInt32BE(letters);
    if (all.length < length) return undefined;
    const bytes = all.subarray(0, length);
    this.pending = [all.subarray(length)];
    this.size -= length;
    if (this.hasStarted) return { type: String.fromCharCode(bytes[0] ?? 0), bytes };
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { type: 'ssl', bytes };
    if (code === CANCEL_REQUEST) return { type: 'cancel', bytes };
    this.hasStarted = true;
    return { type: 'startup', bytes };
  }
}
