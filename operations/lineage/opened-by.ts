import { BY_COLUMNS, byColumns, dayColumn, type Mart } from '../../domain/mart';

/**
 * The mart as it would be if it were refreshed by columns of its rows, so that the rows that belong to one of its rows can be opened as
 * a refresh opens them. Additive marts by order or row are opened by the day, customer, product or transaction in their key.
 * @returns undefined if every row of the mart can depend on every row of its inputs
 */
export function openedBy(mart: Mart): Mart | undefined {
  const { by } = mart.refresh;
  if (by === 'all') return undefined;
  const hasColumns = (refreshed: Mart) =>
    byColumns(refreshed).every((name) => mart.columns.some((column) => column.name === name));
  if (by !== 'order' && by !== 'row' && hasColumns(mart)) return mart;
  const ways = [
    ...(dayColumn(mart) === undefined ? [] : (['day'] as const)),
    ...(['user', 'product', 'transaction'] as const).filter((way) =>
      BY_COLUMNS[way].every((name) => mart.key.includes(name)),
    ),
  ];
  const [way] = ways;
  return way && { ...mart, refresh: { by: way } };
}
