/**
 * The rules for a bad row: a value cannot be parsed, a required value is missing, or the number of fields is wrong.
 */

import type { HeaderMatch } from './header-match';
import { parseValue } from './values';

export interface RowFault {
  /** The column's name; empty if the fault is in the row as a whole. */
  readonly column: string;
  /** The type of fault, equal for all rows that have it. */
  readonly rule: string;
  /** The expected and the actual value. */
  readonly reason: string;
}

/** `values` are canonical text in the order of the kind's columns; see domain/values.ts. */
export type CheckedRow =
  | { readonly ok: true; readonly values: (string | null)[] }
  | { readonly ok: false; readonly faults: readonly RowFault[] };

/** @returns a function that checks the cells of a record against the header */
export function rowCheck(header: HeaderMatch): (cells: readonly string[]) => CheckedRow {
  const { contract, positions, width } = header;
  const columns = contract.columns.map((column, at) => ({ ...column, at: positions[at] ?? null }));

  return (cells) => {
    if (cells.length !== width) {
      const reason = `expected ${width} fields, got ${cells.length}`;
      return bad([{ column: '', rule: `expected ${width} fields`, reason }]);
    }
    const values: (string | null)[] = [];
    const faults: RowFault[] = [];
    for (const { name, type, required, at } of columns) {
      const parsed = parseValue(type, at === null ? '' : (cells[at] ?? ''));
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
 * A quote inside an unquoted field, or text after a closing quote. RFC 4180 allows neither, so the fields of such a record
 * are ambiguous.
 */
export const STRAY_QUOTE: RowFault = {
  column: '',
  rule: 'a misplaced quote',
  reason: 'a misplaced quote: put the whole field in quotes, and double each quote inside it',
};

const bad = (faults: readonly RowFault[]): CheckedRow => ({ ok: false, faults });
