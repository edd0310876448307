import type { Mart, MartCells } from '../../domain/mart';

/** A row that differs from the expected one. */
export interface Difference {
  /** `OrderKPIs`, `kpis/order_kpis`, ... */
  readonly table: string;
  /** Values of the key, the partition key of DynamoDB first. */
  readonly key: readonly string[];
  /** `unexpected`: the row should not exist, or exists twice. */
  readonly kind: 'missing' | 'unexpected' | 'different';
  /** The differing columns of a `different` row; null without a value. */
  readonly columns: readonly {
    readonly name: string;
    readonly expected: string | null;
    readonly found: string | null;
  }[];
}

export interface Comparison {
  readonly found: number;
  readonly differences: number;
  /** The first differences, up to the maximum. */
  readonly first: readonly Difference[];
}

export const keyOf = (mart: Mart, cells: MartCells): string =>
  JSON.stringify(mart.key.map((name) => cells[name] ?? null));

/**
 * @param expected rows by key
 * @param maxListed maximum number of listed differences; all are counted
 */
export async function compareRows(
  table: string,
  mart: Mart,
  expected: ReadonlyMap<string, MartCells>,
  found: AsyncIterable<MartCells> | Iterable<MartCells>,
  maxListed: number,
): Promise<Comparison> {
  const first: Difference[] = [];
  let count = 0;
  let differences = 0;
  const add = (kind: Difference['kind'], cells: MartCells, columns: Difference['columns'] = []) => {
    differences++;
    if (first.length < maxListed)
      first.push({ table, key: mart.key.map((name) => cells[name] ?? ''), kind, columns });
  };
  const seen = new Set<string>();
  for await (const cells of found) {
    count++;
    const key = keyOf(mart, cells);
    const wanted = expected.get(key);
    if (!wanted || seen.has(key)) add('unexpected', cells);
    else {
      const columns = differing(wanted, cells);
      if (columns.length > 0) add('different', cells, columns);
    }
    seen.add(key);
  }
  for (const [key, cells] of expected) if (!seen.has(key)) add('missing', cells);
  return { found: count, differences, first };
}

function differing(expected: MartCells, found: MartCells): Difference['columns'] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names]
    .map((name) => ({ name, expected: expected[name] ?? null, found: found[name] ?? null }))
    .filter((column) => column.expected !== column.found);
}
