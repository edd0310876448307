/**
 * When a row is bad: a value does not parse, one that must be there is not, or the row has not the header's shape.
 */

import type { HeaderMatch } from './file-rules';
import { parseValue } from './values';

export interface RowFault {
  /** The column's name; empty where the row as a whole is at fault. */
  readonly column: string;
  /** The sort of fault, the same for all rows that have it. */
  readonly rule: string;
  /** What was expected and what came. */
  readonly reason: string;
}

/** `values` are canonical texts in the order of the kind's columns; see domain/values.ts. */
export type CheckedRow =
  | { readonly ok: true; readonly values: (string | null)[] }
  | { readonly ok: false; readonly faults: readonly RowFault[] };

/** @returns the check of one record's cells under that header */
export function rowCheck(header: HeaderMatch): (cells: readonly string[]) => CheckedRow {
  const { contract, positions, width } = header;
  const columns = contract.columns.map((column, at) => ({ ...column, at: positions[at] ?? 0 }));

  return (cells) => {
    if (cells.length !== width) {
      const reason = `expected ${width} fields, got ${cells.length}`;
      return bad([{ column: '', rule: `expected ${width} fields`, reason }]);
    }
    const values: (string | null)[] = [];
    const faults: RowFault[] = [];
    for (const { name, type, required, at } of columns) {
      const parsed = parseValue(type, cells[at] ?? '');
      if (!parsed.ok) {
        faults.push({ column: name, rule: `expected ${parsed.expected}`, reason: parsed.reason });
      } else if (required && parsed.value === null) {
        faults.push({ column: name, rule: 'expected a value', reason: 'expected a value, got none' });
      } else {
        values.push(parsed.value);
      }
    }
    return faults.length > 0 ? bad(faults) : { ok: true, values };
  };
}

/**
 * A quote inside an unquoted field, or text behind a closing quote. RFC 4180 allows neither, so what the fields of such
 * a record are is a guess.
 */
export const STRAY_QUOTE: RowFault = {
  column: '',
  rule: 'a quote out of place',
  reason: 'a quote out of place: a field with quotes stands wholly in quotes, and a quote inside is doubled',
};

const bad = (faults: readonly RowFault[]): CheckedRow => ({ ok: false, faults });
