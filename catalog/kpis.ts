/**
 * The KPI tables: names, columns and keys, as they stand in kpis/ (Delta Lake) and in DynamoDB.
 */

import type { KpiTableSpec } from '../domain/mart';

export const ORDER_KPIS: KpiTableSpec = {
  name: 'order_kpis',
  key: ['order_date'],
  columns: [
    { name: 'order_date', type: 'date' },
    { name: 'total_orders', type: 'count' },
    { name: 'total_revenue', type: 'money' },
    { name: 'total_items_sold', type: 'count' },
    { name: 'unique_customers', type: 'count' },
    { name: 'return_rate', type: 'percent' },
    { name: 'returned_orders', type: 'count' },
  ],
};

export const CATEGORY_KPIS: KpiTableSpec = {
  name: 'category_kpis',
  key: ['category', 'order_date'],
  columns: [
    { name: 'category', type: 'text' },
    { name: 'order_date', type: 'date' },
    { name: 'daily_revenue', type: 'money' },
    { name: 'avg_order_value', type: 'money' },
    { name: 'avg_return_rate', type: 'percent' },
    { name: 'orders', type: 'count' },
    { name: 'items', type: 'count' },
    { name: 'returned_items', type: 'count' },
  ],
};

export const UNKNOWN_CATEGORY = 'Unknown';
