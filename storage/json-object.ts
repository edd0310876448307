import type { z } from 'zod';
import type { Bucket } from './bucket';

/**
 * A JSON object in the form that the schema describes. undefined: there is no such object.
 * @throws SyntaxError or ZodError for any other content
 */
export async function getJson<Output>(
  bucket: Pick<Bucket, 'get'>,
  key: string,
  schema: z.ZodType<Output>,
): Promise<Output | undefined> {
  const body = await bucket.get(key);
  return body && schema.parse(JSON.parse(new TextDecoder().decode(body)));
}

/** As `getJson`, and undefined as well where the content has another form, as the result of a task that failed. */
export async function getMatchingJson<Output>(
  bucket: Pick<Bucket, 'get'>,
  key: string,
  schema: z.ZodType<Output>,
): Promise<Output | undefined> {
  const body = await bucket.get(key);
  return body && schema.safeParse(JSON.parse(new TextDecoder().decode(body))).data;
}

/** Writes a JSON object for programs and people to read. */
export async function putJson(bucket: Pick<Bucket, 'put'>, key: string, value: object): Promise<void> {
  await bucket.put(key, `${JSON.stringify(value, null, 2)}\n`, 'application/json');
}
