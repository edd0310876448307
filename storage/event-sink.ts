/** The queue or stream that collect puts events into. */
export interface EventSink {
  /**
   * Stores lines, several in one message. A retry stores them again.
   * @throws NotStoredError, or an error of the service, if not all of them are stored; a part may be
   */
  store(lines: readonly string[]): Promise<void>;
}

/** The service refused some of the messages, each attempt. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  constructor(
    readonly service: string,
    readonly refused: number,
    cause: string,
  ) {
    super(`${service}: ${refused} messages not stored, first ${cause}`);
  }
}

/**
 * The lines in messages of at most `maxBytes` each. A line that is larger is a message of its own.
 * @returns texts without an end of the last line
 */
export function messagesOf(lines: readonly string[], maxBytes: number): string[] {
  const messages: string[] = [];
  let message: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(line) + 1;
    if (message.length > 0 && bytes + size > maxBytes) {
      messages.push(message.join('\n'));
      message = [];
      bytes = 0;
    }
    message.push(line);
    bytes += size;
  }
  if (message.length > 0) messages.push(message.join('\n'));
  return messages;
}

/** The messages in requests of at most `maxMessages` and `maxBytes` each. */
export function requestsOf(
  messages: readonly string[],
  { maxMessages, maxBytes }: { readonly maxMessages: number; readonly maxBytes: number },
): string[][] {
  const requests: string[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message);
    const last = requests.at(-1);
    if (last && last.length < maxMessages && bytes + size <= maxBytes) {
      last.push(message);
      bytes += size;
    } else {
      requests.push([message]);
      bytes = size;
    }
  }
  return requests;
}
