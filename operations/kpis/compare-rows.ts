import type { Mart, MartCells } from '../../domain/mart';

/** How one row differs from what it should be. */
export interface Difference {
  /** The table it is in: `OrderKPIs`, `kpis/order_kpis`. */
  readonly table: string;
  /** The values of the key, the partition key of DynamoDB first. */
  readonly key: readonly string[];
  /** `missing`: it should be there; `unexpected`: it should not, or is there twice; `different`: some columns are not right. */
  readonly kind: 'missing' | 'unexpected' | 'different';
  /** Of `different`: those columns, null where there is no value. */
  readonly columns: readonly {
    readonly name: string;
    readonly expected: string | null;
    readonly found: string | null;
  }[];
}

export interface Comparison {
  readonly found: number;
  readonly differences: number;
  /** The first of them. */
  readonly first: readonly Difference[];
}

export const keyOf = (mart: Mart, cells: MartCells): string =>
  JSON.stringify(mart.key.map((name) => cells[name] ?? null));

/**
 * @param expected the rows that should be there, by their keys
 * @param found the rows that are
 * @param most how many differences are told; all are counted
 */
export async function compareRows(
  table: string,
  mart: Mart,
  expected: ReadonlyMap<string, MartCells>,
  found: AsyncIterable<MartCells> | Iterable<MartCells>,
  most: number,
): Promise<Comparison> {
  const first: Difference[] = [];
  let count = 0;
  let differences = 0;
  const tell = (kind: Difference['kind'], cells: MartCells, columns: Difference['columns'] = []) => {
    differences++;
    if (first.length < most)
      first.push({ table, key: mart.key.map((name) => cells[name] ?? ''), kind, columns });
  };
  const seen = new Set<string>();
  for await (const cells of found) {
    count++;
    const key = keyOf(mart, cells);
    const wanted = expected.get(key);
    if (!wanted || seen.has(key)) tell('unexpected', cells);
    else {
      const columns = differing(wanted, cells);
      if (columns.length > 0) tell('different', cells, columns);
    }
    seen.add(key);
  }
  for (const [key, cells] of expected) if (!seen.has(key)) tell('missing', cells);
  return { found: count, differences, first };
}

function differing(expected: MartCells, found: MartCells): Difference['columns'] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names]
    .map((name) => ({ name, expected: expected[name] ?? null, found: found[name] ?? null }))
    .filter((column) => column.expected !== column.found);
}
