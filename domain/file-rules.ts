/**
 * The rules by which a whole file is invalid, with messages for its sender: by its name, its first bytes, its header, and
 * its share of bad rows.
 */

import { type Contract, contractFromHeader, kindFromName, normalizeColumnName } from './contract';
import { plural } from './plural';
import { quoted } from './values';

/** Why a file is invalid, for the person who sent it. */
export interface FileFault {
  /** What is wrong, as one sentence without a full stop. */
  readonly reason: string;
  /** What to do about it, likewise. */
  readonly remedy: string;
  /** The physical line of the fault; the header is line 1. */
  readonly line?: number;
  readonly kind?: string;
  /** Further details, one fact each. */
  readonly details?: readonly string[];
}

export type FileFormat = { readonly gzip: boolean } | { readonly fault: FileFault };

/** The format from the file extension, case-insensitive. */
export function fileFormat(key: string): FileFormat {
  const name = (key.split('/').pop() ?? '').toLowerCase();
  if (name.endsWith('.csv')) return { gzip: false };
  if (name.endsWith('.csv.gz')) return { gzip: true };
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const named = extension ? `the file's extension is ${quoted(extension)}` : 'the file has no extension';
  return {
    fault: { reason: `${named}, expected .csv or .csv.gz`, remedy: remedyForExtension(extension) },
  };
}

const SPREADSHEETS = ['.xlsx', '.xls', '.xlsm', '.xlsb', '.ods', '.numbers'];
const SAVE_AS_CSV = 'save the sheet as "CSV UTF-8" and upload that file';

function remedyForExtension(extension: string): string {
  if (SPREADSHEETS.includes(extension)) return SAVE_AS_CSV;
  if (extension === '.gz') return 'name it .csv.gz if it is a compressed CSV file';
  if (['.zip', '.7z', '.bz2', '.xz', '.zst', '.tar', '.tgz'].includes(extension)) {
    return 'unpack it, and upload each CSV file as .csv or .csv.gz';
  }
  if (['.tsv', '.txt', '.tab', ''].includes(extension)) return 'name it .csv if it is a CSV file';
  return 'send the rows as a CSV file';
}

interface Signature {
  readonly bytes: readonly number[];
  readonly what: string;
  readonly remedy: string;
}

const UTF8_REMEDY = 'save it as "CSV UTF-8"';
const USE_GZIP = 'compress it with gzip, or send it uncompressed';

/** The first bytes of other file types, longer signatures first. */
const SIGNATURES: readonly Signature[] = [
  { bytes: [0xff, 0xfe, 0, 0], what: 'UTF-32 text', remedy: UTF8_REMEDY },
  { bytes: [0, 0, 0xfe, 0xff], what: 'UTF-32 text', remedy: UTF8_REMEDY },
  { bytes: [0xff, 0xfe], what: 'UTF-16 text', remedy: UTF8_REMEDY },
  { bytes: [0xfe, 0xff], what: 'UTF-16 text', remedy: UTF8_REMEDY },
  { bytes: [0x50, 0x4b, 3, 4], what: 'a ZIP archive or an Excel workbook', remedy: SAVE_AS_CSV },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook', remedy: SAVE_AS_CSV },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document', remedy: 'send the rows as a CSV file' },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', remedy: 'send the rows as a CSV file' },
  { bytes: [0x1f, 0x8b], what: 'gzip-compressed data', remedy: 'name it .csv.gz, compressed once' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'Zstandard-compressed data', remedy: USE_GZIP },
  { bytes: [0x42, 0x5a, 0x68], what: 'bzip2-compressed data', remedy: USE_GZIP },
];

/** The number of first bytes that {@link contentFault} needs. */
export const SNIFFED_BYTES = 4096;

/**
 * Recognizes other file types by the first bytes, after decompression; undefined if they may be UTF-8 text. The whole file is
 * checked for valid UTF-8 later; this check gives a clearer message.
 */
export function contentFault(head: Uint8Array): FileFault | undefined {
  const signature = SIGNATURES.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  if (signature) return { reason: `not a CSV file but ${signature.what}`, remedy: signature.remedy };
  const nuls = [0, 0];
  let controls = 0;
  for (const [at, byte] of head.entries()) {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
    else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  }
  const [even = 0, odd = 0] = nuls;
  // Latin text in UTF-16 has a NUL in every other byte, and almost none in between.
  const half = head.length / 2;
  if (Math.max(even, odd) > half * 0.4 && Math.min(even, odd) < half * 0.1) {
    return { reason: 'not UTF-8 but probably UTF-16 text', remedy: UTF8_REMEDY };
  }
  if (even + odd + controls > head.length * 0.1) {
    return { reason: 'not a CSV file but binary data', remedy: 'send the rows as a CSV file' };
  }
  return undefined;
}

export const EMPTY_FILE: FileFault = {
  reason: 'the file is empty',
  remedy: 'send the rows with a header that names the columns',
};

/** Maps the cells of a record to the columns of a contract. */
export interface HeaderMatch {
  readonly contract: Contract;
  /** The index of each of the contract's columns, in contract order. */
  readonly positions: readonly number[];
  /** Number of cells in the header, and in every valid record. */
  readonly width: number;
  /** Columns that are not in the contract, as named in the file; long lists are truncated. */
  readonly extraColumns: readonly string[];
}

export type HeaderOutcome = { readonly match: HeaderMatch } | { readonly fault: FileFault };

const MAX_EXTRA_COLUMNS = 50;

/**
 * Finds the kind by the file name, or else by the header, and requires each of its columns exactly once. Columns that are not
 * in the contract are ignored, and may be repeated.
 */
export function matchHeader(
  key: string,
  header: readonly string[],
  contracts: readonly Contract[],
): HeaderOutcome {
  const fitting = contractFromHeader(header, contracts);
  const kinds = contracts.map(({ kind }) => kind);
  const named = kindFromName(key, kinds);
  const contract = contracts.find(({ kind }) => kind === named) ?? fitting;
  if (!contract) return { fault: unknownKind(header, kinds.join(', ')) };

  const { kind } = contract;
  const wanted = new Map(contract.columns.map((column) => [column.name, [] as number[]]));
  const extraColumns: string[] = [];
  for (const [at, cell] of header.entries()) {
    const places = wanted.get(normalizeColumnName(cell));
    if (places) places.push(at);
    else if (extraColumns.length < MAX_EXTRA_COLUMNS) extraColumns.push(shownColumn(cell, at));
  }
  const missing = [...wanted].filter(([, places]) => places.length === 0).map(([name]) => name);
  if (missing.length > 0) return { fault: missingColumns(kind, missing, header, fitting?.kind) };
  const doubled = [...wanted].filter(([, places]) => places.length > 1);
  if (doubled.length > 0) {
    return {
      fault: {
        reason: `the header names ${plural(doubled.length, 'column')} more than once: ${doubled.map(([name]) => name).join(', ')}`,
        remedy: 'keep one column of each name, and upload the file again',
        line: 1,
        kind,
        details: doubled.map(
          ([name, places]) => `${name}: columns ${places.map((at) => at + 1).join(' and ')}`,
        ),
      },
    };
  }
  const extras = header.length - wanted.size;
  if (extras > extraColumns.length) extraColumns.push(`… and ${extras - extraColumns.length} more`);
  return {
    match: {
      contract,
      positions: [...wanted.values()].map(([at = 0]) => at),
      width: header.length,
      extraColumns,
    },
  };
}

const REJECTED_ROWS_HEADER = ['line', 'column', 'reason', 'row'];

function unknownKind(header: readonly string[], kinds: string): FileFault {
  return {
    reason: `the kind of file is unknown: its name does not start with any of ${kinds}, and its header does not have all columns of one kind`,
    remedy: `start its name with one of ${kinds}, and upload it again`,
    line: 1,
    details: [`the header has ${shownNames(header)}`],
  };
}

function missingColumns(
  kind: string,
  missing: readonly string[],
  header: readonly string[],
  fitting: string | undefined,
): FileFault {
  const reason = `the header lacks ${plural(missing.length, 'column')} of ${kind}: ${missing.join(', ')}`;
  const details = [`the header has ${shownNames(header)}`];
  const names = header.map(normalizeColumnName);
  if (REJECTED_ROWS_HEADER.every((name, at) => names[at] === name)) {
    const remedy = 'put the fixed cells of its "row" column under the header of the original file';
    return { reason: `${reason}; this is a list of rejected rows`, remedy, line: 1, kind, details };
  }
  if (fitting) {
    const hint = `the columns are those of ${fitting}`;
    return {
      reason: `${reason}; ${hint}`,
      remedy: `start its name with ${fitting}`,
      line: 1,
      kind,
      details,
    };
  }
  return {
    reason,
    remedy: 'add them to the header and the rows, empty if unknown',
    line: 1,
    kind,
    details,
  };
}

/** @param share the maximum share of bad rows, 0 to 1 */
export function tooManyBadRows(badRows: number, rows: number, share: number): boolean {
  // The binary fraction may be slightly below the decimal one; the tolerance makes up for that.
  return rows > 0 && badRows / rows > share + 1e-12;
}

/** Percent with at most one decimal: `20%`, `33.3%`. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

const shownColumn = (cell: string, at: number) =>
  cell.trim() === '' ? `(column ${at + 1}, unnamed)` : cell.trim().slice(0, 60);

const SHOWN_NAMES = 20;

function shownNames(header: readonly string[]): string {
  const shown = header
    .slice(0, SHOWN_NAMES)
    .map((cell) => quoted(cell.trim()))
    .join(', ');
  return header.length > SHOWN_NAMES ? `${shown} and ${header.length - SHOWN_NAMES} more` : shown;
}
