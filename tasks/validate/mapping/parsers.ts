import type { Source } from '../../../domain/contract';
import { PARSED_TYPES } from '../../../domain/source';
import { columnParser, type ValueSettings } from '../../../domain/values';
import type { DuckDb } from '../../../engine/duckdb/session';
import { addTextFunction } from '../../../engine/duckdb/text-function';

const SQL_TYPES: Readonly<Record<(typeof PARSED_TYPES)[number], string>> = {
  int64: 'bigint',
  money: 'decimal(18,4)',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
};

/**
 * Adds the functions `parse_int64`, `parse_money` and so on: they read a text by the rules of domain/values and the notation of
 * the source. They are null for a text without a value, and fail for one that has none of the type. Times are in UTC.
 */
export async function addParsers(
  db: DuckDb,
  { name, notation }: Source,
  settings: ValueSettings,
): Promise<void> {
  for (const type of PARSED_TYPES) {
    const column = { name: `parse_${type}`, type, required: false };
    const parse = columnParser(
      column,
      { kind: name, key: [], isOfSource: true, ...(notation && { notation }) },
      settings,
    );
    await addTextFunction(db, `parse_${type}`, SQL_TYPES[type], (text) => {
      const parsed = parse(text);
      if (!parsed.ok) throw new RangeError(`parse_${type}: ${parsed.reason}`);
      return parsed.value;
    });
  }
}
