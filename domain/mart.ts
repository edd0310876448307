/** The shape of a KPI table, as stored in kpis/ (Delta Lake) and in DynamoDB. */

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
