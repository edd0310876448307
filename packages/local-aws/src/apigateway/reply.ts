/** An HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** An error of the API itself: `{"message": "Not Found"}`. */
export const errorReply = (status: number, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

/** Set by the server itself. */
const OF_THE_CONNECTION = /^(?:connection|content-length|keep-alive|transfer-encoding)$/i;

/**
 * The response that a function's result describes, payload format 2.0: an object with `statusCode`, or any other value as
 * the body of a response with status 200. undefined for a malformed object, which is an error of the integration.
 * @param payload JSON text
 */
export function replyOf(payload: string): Reply | undefined {
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const {
    statusCode,
    headers = {},
    body = '',
    cookies = [],
    isBase64Encoded,
  } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (typeof body !== 'string' || typeof headers !== 'object' || !Array.isArray(cookies)) return undefined;
  const own = Object.entries(headers ?? {}).filter(([name]) => !OF_THE_CONNECTION.test(name));
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), String(value)])),
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}
