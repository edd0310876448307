/**
 * Prints the KPI queries as JSON, filled as the transform task fills them, for another engine to run:
 * `{"views": {name: query}, "tables": {name: query}, "days": {name: query}}`, each view resting on those before it; `days`
 * are those that lead from what changed to the days that can differ, with the columns they compare.
 *
 *   node kpi-queries.cjs TIME_ZONE
 */

import categoryKpisSql from '../../catalog/category_kpis.sql';
import orderKpisSql from '../../catalog/order_kpis.sql';
import { KPI_COLUMNS } from '../../tasks/refresh/affected-days';
import { countedItems, countedOrders, countedProducts } from '../../tasks/refresh/counted';
import { dayRanges, daysOf, recategorizedProducts } from '../../tasks/refresh/days';

const [timeZone = 'UTC'] = process.argv.slice(2);

const queries = {
  views: {
    counted_products: countedProducts('products'),
    counted_orders: countedOrders('orders', timeZone),
    counted_items: countedItems('order_items'),
  },
  tables: { order_kpis: orderKpisSql, category_kpis: categoryKpisSql },
  days: {
    columns: KPI_COLUMNS,
    recategorized_products: recategorizedProducts({ before: 'products_before', after: 'products_after' }),
    affected_days: daysOf('changed_orders', 'touched_orders', timeZone),
    day_ranges: dayRanges('affected_days', timeZone),
  },
};
process.stdout.write(JSON.stringify(queries));
