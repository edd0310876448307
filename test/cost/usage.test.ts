import { PRICES } from '../../cost/prices';
import { billOf, listPrice, listPriceOf } from '../../cost/usage';

test('a price is for a number of units', () => {
  expect(listPrice({ price: 'transitions', quantity: 4000, what: '' })).toBeCloseTo(0.1);
  expect(listPriceOf([])).toBe(0);
});

test('the free tier is subtracted once a month, over all usages of a price', () => {
  const usages = [
    { price: 'transitions', quantity: 3000, what: 'some' },
    { price: 'transitions', quantity: 3000, what: 'more' },
    { price: 'natGateway', quantity: 1, what: 'no free tier' },
  ] as const;
  expect(PRICES.transitions.free).toBe(4000);
  expect(billOf(usages)).toBeCloseTo(2000 * 0.000025 + 0.045);
  expect(billOf(usages.slice(0, 1))).toBe(0);
});

test('every price has its page on AWS', () => {
  for (const { source, dollars, per } of Object.values(PRICES)) {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w/-]+\/pricing\//);
    expect(dollars / per).toBeGreaterThan(0);
  }
});
