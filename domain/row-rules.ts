/**
 * The rules for a bad row: a value cannot be parsed, a required value is missing, or the number of fields is wrong.
 */

import { declareRead, inSentence, type Remedy } from './declare';
import type { FileFault } from './file-rules';
import type { HeaderMatch } from './header-match';
import { quantityRule, undeclaredQuantity } from './quantity';
import { deletingColumns, rowGuard } from './row-guards';
import { columnParser, NotationCheck, type ValueSettings } from './values';

/** Its remedy is the line that the contract lacks, if a declaration would make the value valid. */
export interface RowFault extends Partial<Remedy> {
  /** The column's name; empty if the fault is in the row as a whole. */
  readonly column: string;
  /** The type of fault, equal for all rows that have it. */
  readonly rule: string;
  /** The expected and the actual value, and the remedy. */
  readonly reason: string;
}

/** The same fault without the actual value. */
export const withoutValue = ({ column, rule, reason: _, ...remedy }: RowFault): RowFault =>
  rowFault(column, rule, rule, remedy);

/** A fault whose reason ends with its remedy, if there is one. */
export const rowFault = (
  column: string,
  rule: string,
  reason: string,
  { remedy, declarations }: Partial<Remedy>,
): RowFault =>
  remedy
    ? { column, rule, reason: `${reason}; ${remedy}`, remedy, ...(declarations && { declarations }) }
    : { column, rule, reason };

/** `values` are canonical text in the order of the kind's columns; see domain/values.ts. */
export type CheckedRow =
  | { readonly ok: true; readonly values: (string | null)[] }
  | { readonly ok: false; readonly faults: readonly RowFault[] };

/** What becomes of a row: it is loaded, or deletes its key; is bad; is left out; or makes the whole file invalid. */
export type JudgedRow =
  | { readonly outcome: 'good'; readonly values: (string | null)[]; readonly deletes: boolean }
  | { readonly outcome: 'bad'; readonly faults: readonly RowFault[] }
  | { readonly outcome: 'leftOut' }
  | { readonly outcome: 'invalid'; readonly fault: FileFault };

/** The rules for the rows of one file. */
export class RowCheck {
  private readonly contract: HeaderMatch['contract'];
  private readonly columns;
  private readonly width: number;
  private readonly quantity: ReturnType<typeof quantityRule>;
  private readonly notations: NotationCheck;
  private readonly deleting: ReadonlySet<string>;
  private readonly guard: ReturnType<typeof rowGuard>;

  constructor({ contract, positions, width, guards }: HeaderMatch, settings?: ValueSettings) {
    this.contract = contract;
    this.guard = rowGuard(guards);
    this.columns = contract.columns.map((column, at) => ({
      name: column.name,
      required: column.required,
      parse: columnParser(column, contract, settings),
      at: positions[at] ?? null,
    }));
    this.width = width;
    this.quantity = quantityRule(contract);
    this.notations = new NotationCheck(contract);
    this.deleting = deletingColumns(contract);
  }

  /** Applies the guards of the header to a record, and then {@link check}. @param line the physical line in which it starts */
  judge(cells: readonly string[], line: number): JudgedRow {
    const guarded = cells.length === this.width ? this.guard(cells) : undefined;
    switch (guarded?.outcome) {
      case 'leftOut':
        return { outcome: 'leftOut' };
      case 'pieces':
        return {
          outcome: 'invalid',
          fault: undeclaredQuantity(this.contract, guarded.column, guarded.cell, line),
        };
      case 'bad': {
        const { column, expected, reason } = guarded;
        return { outcome: 'bad', faults: [{ column, rule: `expected ${expected}`, reason }] };
      }
    }
    const deletes = guarded?.outcome === 'deleted';
    const checked = this.check(cells, line, deletes);
    if (!checked.ok) return { outcome: 'bad', faults: checked.faults };
    return { outcome: 'good', values: checked.values, deletes };
  }

  /**
   * Checks the cells of a record against the header.
   * @param line the physical line in which it starts
   * @param deletes the row deletes its key: all values but its key and its version are null
   */
  check(cells: readonly string[], line: number, deletes = false): CheckedRow {
    if (cells.length !== this.width) {
      const rule = `expected ${this.width} fields`;
      const reason = `${rule}, got ${cells.length}`;
      if (!this.isGoodIfFilled(cells)) return bad([{ column: '', rule, reason }]);
      const declared = declareRead('shortRows: fill', this.contract.kind);
      const remedy = inSentence(declared, (text) => `if the missing cells are empty, ${text}`);
      return bad([rowFault('', rule, reason, remedy)]);
    }
    const values: (string | null)[] = [];
    const faults: RowFault[] = [];
    for (const [index, { name, required, parse, at }] of this.columns.entries()) {
      if (deletes && !this.deleting.has(name)) {
        values.push(null);
        continue;
      }
      const text = at === null ? '' : (cells[at] ?? '');
      const parsed = parse(text);
      if (parsed.seen) this.notations.add(index, parsed.seen, text, line);
      if (!parsed.ok) {
        faults.push(rowFault(name, `expected ${parsed.expected}`, parsed.reason, parsed));
      } else if (required && parsed.value === null) {
        faults.push({ column: name, rule: 'expected a value', reason: 'expected a value, got none' });
      } else {
        values.push(parsed.value);
      }
    }
    const ofPieces = faults.length === 0 && !deletes ? this.quantity?.(values) : undefined;
    if (ofPieces) faults.push(ofPieces);
    return faults.length > 0 ? bad(faults) : { ok: true, values };
  }

  /** True for a row with fewer cells than the header whose values are those of a good row. */
  private isGoodIfFilled(cells: readonly string[]): boolean {
    if (cells.length > this.width) return false;
    return this.columns.every(({ required, parse, at }) => {
      const parsed = parse(at === null ? '' : (cells[at] ?? ''));
      return parsed.ok && !(required && parsed.value === null);
    });
  }

  /** See {@link NotationCheck.hasDecimalComma}. */
  get hasDecimalComma(): boolean {
    return this.notations.hasDecimalComma;
  }

  /** The fault of a file in which values contradict each other, as far as its rows were checked. */
  get mixedNotations(): FileFault | undefined {
    return this.notations.fault();
  }
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
