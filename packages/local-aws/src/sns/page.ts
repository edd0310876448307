import { invalidParameter } from './errors';

const PAGE = 100;

/** A page of 100; the token is where the next one begins. @throws AwsError InvalidParameter for another token */
export function page<Item>(all: readonly Item[], token = '0'): { items: Item[]; next: string | undefined } {
  if (!/^\d+$/.test(token))
    throw invalidParameter(`NextToken ${JSON.stringify(token)} is of no earlier answer`);
  const end = Number(token) + PAGE;
  return { items: all.slice(Number(token), end), next: end < all.length ? String(end) : undefined };
}
