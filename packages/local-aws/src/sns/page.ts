import { invalidParameter } from './errors';

const PAGE = 100;

/** A page of 100 items; the token is the offset of the next page. @throws AwsError InvalidParameter */
export function page<Item>(all: readonly Item[], token = '0'): { items: Item[]; next: string | undefined } {
  if (!/^\d+$/.test(token)) throw invalidParameter(`NextToken ${JSON.stringify(token)} is invalid`);
  const end = Number(token) + PAGE;
  return { items: all.slice(Number(token), end), next: end < all.length ? String(end) : undefined };
}
