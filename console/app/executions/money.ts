const dollars = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});

/** What an execution cost at list price: tenths of a cent, mostly. */
export const formatDollars = (value: number): string => dollars.format(value);
