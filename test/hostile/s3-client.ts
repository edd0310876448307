import { Agent, request as httpRequest } from 'node:http';

export const SIGNED =
  'AWS4-HMAC-SHA256 Credential=local/20250701/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true });

/** One request, with a path that the caller has encoded. */
export function send(
  port: number,
  method: string,
  path: string,
  body: Buffer | string = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { agent, port, host: '127.0.0.1', method, path, headers: { authorization: SIGNED, ...headers } },
      async (response) => {
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
