/**
 * The five tables of the lake.
 */

import type { KpiTableSpec } from '../domain/mart';
import { KPIS, STAGING } from '../domain/object-keys';
import { deltaType, kpiDeltaType, type TableColumn } from '../lake/schema';
import type { TableSpec } from '../lake/table-spec';
import { KIND_SPECS, type Kind } from './kinds';
import { CATEGORY_KPIS, ORDER_KPIS } from './kpis';

/** Where a row came from: the input file's key, its upload time, and the line in it. */
export const LINEAGE: readonly TableColumn[] = [
  { name: '_source_key', type: 'string' },
  { name: '_source_modified_at', type: 'timestamp' },
  { name: '_source_line', type: 'long' },
];

const BY_DEPARTMENT = { partitionColumns: ['department'], derived: {} };

/** `2025-07-01`: the day in UTC, by arithmetic, where a time zone and a format would take several times as long. */
const CREATED_ON = 'cast(cast(make_timestamp(epoch_us(created_at)) as date) as varchar)';

const BY_MONTH = {
  partitionColumns: ['year', 'month'],
  derived: { year: `${CREATED_ON}[1:4]`, month: `${CREATED_ON}[6:7]` },
};

export const STAGING_TABLES: Readonly<Record<Kind, TableSpec>> = {
  products: stagingTable('products', BY_DEPARTMENT),
  orders: stagingTable('orders', BY_MONTH),
  order_items: stagingTable('order_items', BY_MONTH),
};

export const KPI_TABLES: Readonly<Record<KpiTableSpec['name'], TableSpec>> = {
  order_kpis: kpiTable(ORDER_KPIS),
  category_kpis: kpiTable(CATEGORY_KPIS),
};

function stagingTable(kind: Kind, layout: Pick<TableSpec, 'partitionColumns' | 'derived'>): TableSpec {
  const { key, columns } = KIND_SPECS[kind];
  return {
    name: kind,
    location: `${STAGING}${kind}`,
    columns: [
      ...columns.map(({ name, type }) => ({ name, type: deltaType(type) })),
      ...Object.keys(layout.derived).map((name) => ({ name, type: 'string' as const })),
      ...LINEAGE,
    ],
    key: [key],
    versionOrder: ['_source_modified_at', '_source_key', '_source_line'],
    ...layout,
  };
}

function kpiTable({ name, columns, key }: KpiTableSpec): TableSpec {
  return {
    name,
    location: `${KPIS}${name}`,
    columns: [
      ...columns.map((column) => ({ name: column.name, type: kpiDeltaType(column.type) })),
      { name: 'month', type: 'string' },
    ],
    key,
    versionOrder: [],
    // So that a batch rewrites the months it touches, not all years.
    partitionColumns: ['month'],
    derived: { month: "strftime(order_date, '%Y-%m')" },
  };
}
