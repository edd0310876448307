import { PRICES, type PriceName } from './prices';

/** A quantity of one priced unit, for one purpose. */
export interface Usage {
  readonly price: PriceName;
  readonly quantity: number;
  /** The purpose in a few words, with the calculation if it is not obvious. */
  readonly what: string;
}

/** Dollars at list price. */
export function listPrice({ price, quantity }: Usage): number {
  return (PRICES[price].dollars * quantity) / PRICES[price].per;
}

export const listPriceOf = (usages: readonly Usage[]): number =>
  usages.reduce((sum, usage) => sum + listPrice(usage), 0);

/** Dollars per month in an account in which nothing else uses the free tier. */
export function billOf(usages: readonly Usage[]): number {
  const quantities = new Map<PriceName, number>();
  for (const { price, quantity } of usages) quantities.set(price, (quantities.get(price) ?? 0) + quantity);
  return [...quantities].reduce((sum, [price, quantity]) => {
    const { dollars, per, free = 0 } = PRICES[price];
    return sum + (dollars * Math.max(0, quantity - free)) / per;
  }, 0);
}

export const times = (usages: readonly Usage[], factor: number): Usage[] =>
  usages.map((usage) => ({ ...usage, quantity: usage.quantity * factor }));
