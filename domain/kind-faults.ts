/**
 * Why a header does not give a kind, and what to do about it.
 */

import type { Column, Contract } from './contract';
import { declareRead, inSentence } from './declare';
import type { FileFault } from './file-rules';
import { type Candidate, columnKey } from './header-columns';
import { plural } from './plural';
import { columnParser, quoted } from './values';

/** No contract has the columns of the header. */
export function unknownKind(header: readonly string[], candidates: readonly Candidate[]): FileFault {
  const kinds = candidates.map(({ contract }) => contract.kind);
  const about = [nearest(candidates), contentOf(header.map(columnKey))].filter((text) => text !== undefined);
  return {
    reason: ['the kind of file is unknown: no kind has these columns', ...about].join('; '),
    remedy: `start its name with its kind if it is one of ${kinds.join(', ')}, or add a contract for it`,
    line: 1,
    details: [headerDetail(header)],
    isUnknown: true,
  };
}

/** Several contracts have the columns of the header. */
export function ambiguousKind(header: readonly string[], candidates: readonly Candidate[]): FileFault {
  const kinds = candidates.map(({ contract }) => contract.kind);
  return {
    reason: `the kind of file is unknown: it has the columns of each of ${kinds.join(', ')}`,
    remedy: `start its name with its kind, or add the pattern of its name to the contract, such as "match: { names: [${kinds[0]}*] }"`,
    line: 1,
    details: [headerDetail(header)],
  };
}

/** @param other the kind that the header is of, if it is another one */
export function missingColumns(
  { contract, lacking, known }: Candidate,
  header: readonly string[],
  other: string | undefined,
): FileFault {
  const { kind } = contract;
  const reason = `the header lacks ${plural(lacking.length, 'column')} of ${kind}: ${lacking.join(', ')}`;
  const fault = { line: 1, kind, details: [headerDetail(header)] };
  if (REJECTED_ROWS_HEADER.every((name, at) => columnKey(header[at] ?? '') === name)) {
    const remedy = 'put the fixed cells of its "row" column under the header of the original file';
    return { ...fault, reason: `${reason}; this is a list of rejected rows`, remedy };
  }
  if (other) return otherFault(fault, reason, other);
  if (known.size === 0 && header.some(isData)) {
    const names = ownNames(contract, header);
    const declared = names && declareRead(`header: [${names.join(', ')}]`, kind);
    const remedy = declared
      ? inSentence(
          declared,
          (text) => `put the column names in the first line, or, if its columns are in this order, ${text}`,
        )
      : {
          remedy: `put the column names in the first line, or add "read: { header: [${lacking[0]}, ...] }" with the names of all columns to the contract of ${kind}`,
        };
    return { ...fault, reason: `${reason}; the first line is not a header`, ...remedy };
  }
  const [first] = lacking;
  const each = lacking.length === 1 ? `the column ${first}` : `each of these columns, such as ${first},`;
  return {
    ...fault,
    reason,
    remedy: `add ${lacking.length === 1 ? 'it' : 'them'} to the file, with a value in every row; for a column that it has under another name, add "aliases: [that name]" to ${each} in the contract of ${kind}`,
  };
}

/** The names of a contract's columns, if the cells can be a row of them in their order; undefined if they cannot. */
function ownNames(contract: Contract, cells: readonly string[]): string[] | undefined {
  const { columns } = contract;
  const others = columns.slice(cells.length);
  if (cells.length > columns.length || others.some(({ required }) => required)) return undefined;
  const isRow = cells.every((cell, at) => {
    const column = columns[at] as Column;
    const parsed = columnParser(column, contract)(cell);
    return parsed.ok && !(column.required && parsed.value === null);
  });
  return isRow ? columns.slice(0, cells.length).map(({ name }) => name) : undefined;
}

/** The file's name gives a kind, but its header has the columns of another one. */
export function otherKind(
  { contract: { kind }, missing }: Candidate,
  header: readonly string[],
  other: string,
): FileFault {
  const reason = `the header lacks ${plural(missing.length, 'column')} of ${kind}: ${missing.join(', ')}`;
  return otherFault({ line: 1, kind, details: [headerDetail(header)] }, reason, other);
}

const otherFault = (fault: Omit<FileFault, 'reason' | 'remedy'>, reason: string, other: string) => ({
  ...fault,
  reason: `${reason}; the columns are those of ${other}`,
  remedy: `start its name with ${other}`,
});

const REJECTED_ROWS_HEADER = ['line', 'column', 'reason', 'row'];

/** A number, or something that starts with a date. No column is named so. */
const isData = (cell: string): boolean => /^\s*[-+]?\d+([.,]\d+)*\s*$|^\s*\d{4}-\d\d-\d\d/.test(cell);

/** The contract that has most of the header's columns. */
function nearest(candidates: readonly Candidate[]): string | undefined {
  const [best] = candidates
    .filter(({ known }) => known.size > 0)
    .toSorted((a, b) => score(b) - score(a) || a.lacking.length - b.lacking.length);
  if (!best) return undefined;
  const { contract, lacking, missing } = best;
  const has = contract.columns.length - missing.length;
  const lacks =
    lacking.length > 0
      ? `lacks ${lacking.join(', ')}`
      : `of whose ${contract.columns.length} columns it has ${has}, less than half`;
  return `nearest: ${contract.kind}, ${lacks}`;
}

const score = ({ known, lacking }: Candidate): number => known.size - lacking.length;

/** What files of no kind often contain, by their {@link columnKey}s, and why that cannot be loaded. */
function contentOf(keys: readonly string[]): string | undefined {
  const has = (pattern: RegExp) => keys.some((key) => pattern.test(key));
  if (has(/^(order|line)?(items|products|lines)\d*$|^(order|line)?(item|product|line)(\d+|details)$/)) {
    return 'line items are packed into cells: export one row per item';
  }
  if (has(/^(transaction|amount|fee)type$|^(running)?balance$|^debit$/) && has(/amount|balance|debit/)) {
    return 'a ledger of amounts has no rows of orders and items';
  }
  if (has(/^(qty)?onhand|^instock$|^stock(level|quantity)?$/)) {
    return 'a stock count has neither orders nor items nor prices';
  }
  if (has(/^(grand|order|sub)total/) && !has(/sku|lineitem|product|quantity|qty/)) {
    return 'orders without line items give neither items sold nor revenue by item';
  }
  return undefined;
}

const SHOWN_NAMES = 20;

function headerDetail(header: readonly string[]): string {
  const shown = header
    .slice(0, SHOWN_NAMES)
    .map((cell) => quoted(cell.trim()))
    .join(', ');
  const more = header.length > SHOWN_NAMES ? ` and ${header.length - SHOWN_NAMES} more` : '';
  return `the header has ${shown}${more}`;
}
