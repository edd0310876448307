import { quotedCell } from '../../../domain/csv-cell';
import type { Mart } from '../../../domain/mart';
import type { Kpi } from '../../../operations/kpis/kpis';
import { decimal, hundredths } from './decimals';

/** KPIs as CSV, money and percent with two decimals; a category that a spreadsheet could take for a formula is made harmless. */
export function kpiCsv(spec: Mart, items: readonly Kpi[]): string {
  const cells = spec.columns.map(({ name, type }) => (item: Kpi) => {
    const value = item[name] ?? '';
    if (type === 'money' || type === 'percent') return decimal(hundredths(value));
    return type === 'text' ? quotedCell(value) : value;
  });
  const header = spec.columns.map(({ name }) => name).join(',');
  return [header, ...items.map((item) => cells.map((cell) => cell(item)).join(','))].join('\n').concat('\n');
}
