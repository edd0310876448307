/**
 * The rules by which a whole file is invalid, with messages for its sender: by its name, its first bytes, and its share of bad
 * rows. Those by its header are in header-match.ts.
 */

import { declareRead, inSentence, type Remedy } from './declare';
import { quoted } from './values';

/** Why a file is invalid, for the person who sent it. */
export interface FileFault extends Remedy {
  /** What is wrong, as one sentence without a full stop. */
  readonly reason: string;
  /** The physical line of the fault; the header is line 1. */
  readonly line?: number;
  readonly kind?: string;
  /** Further details, one fact each. */
  readonly details?: readonly string[];
  /** No contract describes its columns. */
  readonly isUnknown?: true;
}

/**
 * `csv`: text with a delimiter; `ndjson`: JSON objects, one per line or in one array; `parquet`. The first bytes, not the name, tell how a file
 * is compressed, if it is text.
 */
export type Format = 'csv' | 'ndjson' | 'parquet';

export type FileFormat = { readonly format: Format } | { readonly fault: FileFault };

/** Text can be compressed: `.csv.gz`. The name of a ZIP archive need not say what is in it. */
const EXTENSIONS: readonly (readonly [RegExp, Format])[] = [
  [/[^/]\.(ndjson|jsonl|json)(\.gz|\.zst|\.zip)?$/, 'ndjson'],
  [/[^/]\.((csv|tsv|txt)(\.gz|\.zst)?|zip)$/, 'csv'],
  [/[^/]\.parquet$/, 'parquet'],
];
const EXTENSION_NAMES =
  '.csv, .tsv, .txt, .ndjson, .jsonl or .json, which may be followed by .gz, .zst or .zip, or .parquet or .zip';

/** The format from the file extension, case-insensitive. */
export function fileFormat(key: string): FileFormat {
  const name = (key.split('/').pop() ?? '').toLowerCase();
  const [, format] = EXTENSIONS.find(([pattern]) => pattern.test(name)) ?? [];
  if (format) return { format };
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const named = extension ? `the file's extension is ${quoted(extension)}` : 'the file has no extension';
  return {
    fault: { reason: `${named}, expected ${EXTENSION_NAMES}`, remedy: remedyForExtension(extension) },
  };
}

/** The key without the extension of its format: `a/orders` for `a/orders.csv.gz`. */
export function withoutExtension(key: string): string {
  const [pattern] = EXTENSIONS.find(([extension]) => extension.test(key.toLowerCase())) ?? [];
  const match = pattern?.exec(key.toLowerCase());
  // The match starts with the character before the extension.
  return match ? key.slice(0, match.index + 1) : key;
}

const SPREADSHEETS = ['.xlsx', '.xls', '.xlsm', '.xlsb', '.ods', '.numbers'];
export const SAVE_AS_CSV = 'save the sheet as "CSV UTF-8" and upload that file';

function remedyForExtension(extension: string): string {
  if (SPREADSHEETS.includes(extension)) return SAVE_AS_CSV;
  if (extension === '.gz' || extension === '.zst') {
    return `name it .csv${extension} if it is a compressed CSV file`;
  }
  if (['.7z', '.bz2', '.xz', '.tar', '.tgz', '.rar'].includes(extension)) {
    return 'unpack it, and upload each CSV file as .csv or .csv.gz';
  }
  if (extension === '.tab' || extension === '') return 'name it .csv if it is a CSV file';
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
  { bytes: [0x50, 0x4b, 3, 4], what: 'a ZIP archive', remedy: 'compress it once' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook', remedy: SAVE_AS_CSV },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document', remedy: 'send the rows as a CSV file' },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', remedy: 'name it .parquet' },
  { bytes: [0x1f, 0x8b], what: 'gzip-compressed data', remedy: 'compress it once' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'Zstandard-compressed data', remedy: 'compress it once' },
  { bytes: [0x42, 0x5a, 0x68], what: 'bzip2-compressed data', remedy: USE_GZIP },
];

export const CSV_FILE = 'a CSV file';

/** The number of first bytes that {@link contentFault} needs. */
export const SNIFFED_BYTES = 4096;

/**
 * Recognizes other file types by the first bytes, after decompression; undefined if they may be UTF-8 text. The whole file is
 * checked for valid UTF-8 later; this check gives a clearer message.
 * @param expected the type that its name says it has
 * @param kind of the rows, if it is known, for remedies
 */
export function contentFault(head: Uint8Array, expected = CSV_FILE, kind?: string): FileFault | undefined {
  const signature = SIGNATURES.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  if (signature) return { reason: `not ${expected} but ${signature.what}`, remedy: signature.remedy };
  const nuls = [0, 0];
  let controls = 0;
  // This runs for every file of thousands: with an iterator of entries it takes half of the time to inspect one.
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] as number;
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
    else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls += 1;
  }
  const [even = 0, odd = 0] = nuls;
  // Latin text in UTF-16 has a NUL in every other byte, and almost none in between.
  const half = head.length / 2;
  if (Math.max(even, odd) > half * 0.4 && Math.min(even, odd) < half * 0.1) {
    const reason = 'not UTF-8 but probably UTF-16 text without byte order mark';
    if (expected !== CSV_FILE) return { reason, remedy: 'save it as UTF-8' };
    const encoding = even > odd ? 'utf-16be' : 'utf-16le';
    const declared = declareRead(`encoding: ${encoding}`, kind);
    return { reason, ...inSentence(declared, (remedy) => `${UTF8_REMEDY}, or ${remedy}`) };
  }
  if (even + odd + controls > head.length * 0.1) {
    return { reason: `not ${expected} but binary data`, remedy: 'send the rows as a CSV file' };
  }
  return undefined;
}

export const EMPTY_FILE: FileFault = {
  reason: 'the file is empty',
  remedy: 'send the rows with a header that names the columns',
};

/** @param share the maximum share of bad rows, 0 to 1 */
export function tooManyBadRows(badRows: number, rows: number, share: number): boolean {
  // The binary fraction may be slightly below the decimal one; the tolerance makes up for that.
  return rows > 0 && badRows / rows > share + 1e-12;
}

/** Percent with at most one decimal: `20%`, `33.3%`. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}
