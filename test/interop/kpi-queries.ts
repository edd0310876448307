/**
 * Prints the KPI queries as JSON, filled as the transform task fills them, for another engine to run:
 * `{"views": {name: query}, "tables": {name: query}}`, each view resting on those before it.
 *
 *   node kpi-queries.cjs TIME_ZONE
 */

import categoryKpisSql from '../../tasks/transform/category_kpis.sql';
import { countedItems, countedOrders, countedProducts } from '../../tasks/transform/counted';
import orderKpisSql from '../../tasks/transform/order_kpis.sql';

const [timeZone = 'UTC'] = process.argv.slice(2);

const queries = {
  views: {
    counted_products: countedProducts('products'),
    counted_orders: countedOrders('orders', timeZone),
    counted_items: countedItems('order_items'),
  },
  tables: { order_kpis: orderKpisSql, category_kpis: categoryKpisSql },
};
process.stdout.write(JSON.stringify(queries));
