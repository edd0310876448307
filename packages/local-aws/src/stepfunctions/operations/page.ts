import { z } from 'zod';
import { AwsError } from '../../endpoint/service';

/** Paging fields; 0 results means the default. */
export const pageFields = {
  maxResults: z.number().int().min(0).max(1000).optional(),
  nextToken: z.string().optional(),
};

const DEFAULT_RESULTS = 100;

/**
 * Returns a page of a list and the token of the next page.
 * @param identify returns an item's unique id
 * @throws AwsError InvalidToken
 */
export function page<Item>(
  items: readonly Item[],
  request: { maxResults?: number | undefined; nextToken?: string | undefined },
  identify: (item: Item) => string,
): { items: Item[]; nextToken?: string } {
  let start = 0;
  if (request.nextToken !== undefined) {
    const last = Buffer.from(request.nextToken, 'base64url').toString('utf8');
    start = items.findIndex((item) => identify(item) === last) + 1;
    if (start === 0) throw new AwsError('InvalidToken', `Invalid Token: '${request.nextToken}'`);
  }
  const end = start + (request.maxResults || DEFAULT_RESULTS);
  const last = items[end - 1];
  return {
    items: items.slice(start, end),
    ...(end < items.length &&
      last !== undefined && { nextToken: Buffer.from(identify(last)).toString('base64url') }),
  };
}
