import { z } from 'zod';

/** The parts of an HTTP API's request that collect reads; the address of the client is not one of them. */
export interface CollectRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly key: string | undefined;
  readonly body: Uint8Array;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0 */
const eventSchema = z.object({
  headers: z.record(z.string(), z.string().optional()).default({}),
  queryStringParameters: z.object({ key: z.string().optional() }).optional(),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/** @throws ZodError for an event of another kind */
export function requestOf(event: unknown): CollectRequest {
  const { headers, queryStringParameters, body, isBase64Encoded } = eventSchema.parse(event);
  return {
    headers,
    key: headers['x-api-key'] ?? queryStringParameters?.key,
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}
