import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { parquetOf } from '../builders/parquet';
import { damage, damaged, type HostileFile } from './csv-files';
import { type GeneratedTable, generatedTable } from './generated-table';

/** A table, how to write it, and what to do to its bytes. */
export interface ParquetCase {
  readonly table: GeneratedTable;
  /** `text`: every column; `typed`: each column as its type if all its cells are of it. */
  readonly columns: 'text' | 'typed';
  readonly options: string;
  readonly damages: readonly (typeof damage extends fc.Arbitrary<infer T> ? T : never)[];
}

export const parquetCase: fc.Arbitrary<ParquetCase> = fc.record({
  table: generatedTable,
  columns: fc.constantFrom('text' as const, 'typed' as const),
  options: fc.constantFrom(
    'compression snappy',
    'compression zstd, parquet_version v2',
    'compression uncompressed, dictionary_size_limit 0',
    'compression gzip, row_group_size 2048',
  ),
  damages: fc.array(damage, { minLength: 1, maxLength: 3 }),
});

/** Text whose typed value has the same text again. */
const TYPED: Readonly<Record<string, readonly [RegExp, string]>> = {
  int64: [/^-?[1-9][0-9]{0,17}$/, 'bigint'],
  money: [/^-?[1-9][0-9]{0,8}\.[0-9]{2}$/, 'decimal(12,2)'],
  timestamp: [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'timestamp'],
};

/** The table as a Parquet file. */
export function bodyOf({ table, columns, options }: ParquetCase): Promise<Buffer> {
  const types = catalog.contract(table.kind).columns.map(({ type }, at) => {
    const [form, sqlType] = TYPED[type] ?? [];
    const isTyped =
      columns === 'typed' && table.rows.every((row) => row[at] === '' || form?.test(row[at] ?? ''));
    return isTyped && sqlType ? sqlType : 'varchar';
  });
  const value = (cell: string, type: string) => {
    // The empty text is no value in any format, as null is.
    if (cell === '') return `null::${type}`;
    return `${quoteLiteral(cell)}::${type}`;
  };
  const selects = table.rows.map((row) => {
    const cells = row.map(
      (cell, at) => `${value(cell, types[at] as string)} as ${quoteIdentifier(table.names[at] as string)}`,
    );
    return `select ${cells.join(', ')}`;
  });
  return parquetOf(selects.join(' union all '), options);
}

export const damagedFile = ({ table, damages }: ParquetCase, body: Buffer): HostileFile => ({
  key: `input/${table.kind}.parquet`,
  body: damaged(body, damages),
});
