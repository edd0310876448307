const dollars = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});

/** The cost of an execution at list price, usually tenths of a cent. */
export const formatDollars = (value: number): string => dollars.format(value);
