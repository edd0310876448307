import type { Mart } from '../../domain/mart';

/** Not additive: a day is computed from all of its rows. */
export const DAY_PRICES: Mart = {
  name: 'day_prices',
  description: 'highest price per day',
  key: ['order_date'],
  columns: [
    { name: 'order_date', type: 'date' },
    { name: 'price', type: 'money' },
  ],
  inputs: [{ name: 'counted_items' }],
  refresh: { by: 'day' },
  sql: 'select order_date, max(sale_price) as price from counted_items group by order_date',
};
