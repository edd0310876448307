/**
 * The KPI tables: names, columns and keys, as they stand in kpis/ (Delta Lake) and in DynamoDB.
 */

export type KpiType = 'date' | 'text' | 'count' | 'money' | 'percent';

export interface KpiColumn {
  readonly name: string;
  /** `money` is rounded half up to 2 decimals in the shop's currency, `percent` to 2 decimals of 0 to 100. */
  readonly type: KpiType;
}

export interface KpiTableSpec {
  readonly name: 'order_kpis' | 'category_kpis';
  readonly columns: readonly KpiColumn[];
  /** Key columns, the partition key of the DynamoDB table first. */
  readonly key: readonly string[];
}

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
  ],
};

export const UNKNOWN_CATEGORY = 'Unknown';
