import { quotedCell } from '../../../domain/csv-cell';
import type { Mart } from '../../../domain/mart';
import { decimal, hundredths } from '../../../operations/kpis/decimals';
import type { Kpi } from '../../../operations/kpis/kpis';

/** KPIs as CSV, money and percent with two decimal places. A category that a spreadsheet could run as a formula is escaped. */
export function kpiCsv(spec: Mart, items: readonly Kpi[]): string {
  const cells = spec.columns.map(({ name, type }) => (item: Kpi) => {
    const value = item[name] ?? '';
    if (type === 'money' || type === 'percent') return decimal(hundredths(value));
    return type === 'text' ? quotedCell(value) : value;
  });
  const header = spec.columns.map(({ name }) => name).join(',');
  return [header, ...items.map((item) => cells.map((cell) => cell(item)).join(','))].join('\n').concat('\n');
}
