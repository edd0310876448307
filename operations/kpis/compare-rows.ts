import type { KpiTableSpec, KpiType } from '../../domain/mart';

/** A KPI row by column, its cells as text that is the same for the same value, whoever wrote it. */
export type KpiCells = Readonly<Record<string, string>>;

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

export const keyOf = (spec: KpiTableSpec, cells: KpiCells): string =>
  JSON.stringify(spec.key.map((name) => cells[name] ?? null));

/**
 * @param expected the rows that should be there, by their keys
 * @param found the rows that are
 * @param most how many differences are told; all are counted
 */
export async function compareRows(
  table: string,
  spec: KpiTableSpec,
  expected: ReadonlyMap<string, KpiCells>,
  found: AsyncIterable<KpiCells> | Iterable<KpiCells>,
  most: number,
): Promise<Comparison> {
  const first: Difference[] = [];
  let count = 0;
  let differences = 0;
  const tell = (kind: Difference['kind'], cells: KpiCells, columns: Difference['columns'] = []) => {
    differences++;
    if (first.length < most)
      first.push({ table, key: spec.key.map((name) => cells[name] ?? ''), kind, columns });
  };
  const seen = new Set<string>();
  for await (const cells of found) {
    count++;
    const key = keyOf(spec, cells);
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

function differing(expected: KpiCells, found: KpiCells): Difference['columns'] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...names]
    .map((name) => ({ name, expected: expected[name] ?? null, found: found[name] ?? null }))
    .filter((column) => column.expected !== column.found);
}

/** Numbers in DynamoDB; dates and text are strings. */
export const isNumber = (type: KpiType | undefined): boolean =>
  type === 'count' || type === 'money' || type === 'percent';

/**
 * A number without what does not change it: `12.50`, `012.5` and `1.25E1` are `12.5`.
 * @returns the text itself where it is no number
 */
export function canonicalNumber(text: string): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return text;
  const shift = Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`;
  const point = Math.max(0, -shift) + whole.length + shift;
  const before = digits.slice(0, point).replace(/^0+/, '');
  const after = digits.slice(point).replace(/0+$/, '');
  if (before + after === '') return '0';
  return `${sign === '-' ? '-' : ''}${before || '0'}${after && `.${after}`}`;
}
