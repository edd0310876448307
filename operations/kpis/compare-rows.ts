import type { KpiTableSpec, KpiType } from '../../domain/mart';

/** A KPI row by column; cells are canonical text, so that equal values have equal text. */
export type KpiCells = Readonly<Record<string, string>>;

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

export const keyOf = (spec: KpiTableSpec, cells: KpiCells): string =>
  JSON.stringify(spec.key.map((name) => cells[name] ?? null));

/**
 * @param expected rows by key
 * @param maxListed maximum number of listed differences; all are counted
 */
export async function compareRows(
  table: string,
  spec: KpiTableSpec,
  expected: ReadonlyMap<string, KpiCells>,
  found: AsyncIterable<KpiCells> | Iterable<KpiCells>,
  maxListed: number,
): Promise<Comparison> {
  const first: Difference[] = [];
  let count = 0;
  let differences = 0;
  const add = (kind: Difference['kind'], cells: KpiCells, columns: Difference['columns'] = []) => {
    differences++;
    if (first.length < maxListed)
      first.push({ table, key: spec.key.map((name) => cells[name] ?? ''), kind, columns });
  };
  const seen = new Set<string>();
  for await (const cells of found) {
    count++;
    const key = keyOf(spec, cells);
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
 * The shortest form of a decimal: `12.50`, `012.5` and `1.25E1` are `12.5`.
 * @returns the text itself if it is not a number
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
