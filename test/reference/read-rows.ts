/**
 * Reads the good rows of a CSV file for the reference computation. Implements the row rules independently of tasks/.
 * Expects a valid file; it does not check the file rules.
 */

import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { catalog } from '../../catalog/catalog';
import type { ColumnType } from '../../domain/contract';
import { matchHeader } from '../../domain/header-match';
import type { Cell, Kind, RowVersion } from './kpis';

export interface SourceFile {
  readonly key: string;
  /** CSV, gzip'd where the key ends in `.gz`. */
  readonly body: Uint8Array | string;
  /** Milliseconds since 1970 UTC. */
  readonly uploadedAt: number;
}

export interface ReadRows {
  readonly kind: Kind;
  readonly rows: readonly RowVersion[];
  readonly badRows: number;
}

/** @throws RangeError if neither the name nor the header identifies a kind */
export function readRows(file: SourceFile): ReadRows {
  const text = textOf(file);
  const [first = ''] = text.split(/\r?\n/, 1);
  const records = parse(text, {
    delimiter: delimiterOf(first),
    relax_column_count: true,
    info: true,
    record_delimiter: ['\r\n', '\n'],
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const header = (records[0]?.record ?? []).map((name) => name.trim().toLowerCase());
  const found = matchHeader(file.key, header, catalog.contracts);
  if ('fault' in found) throw new RangeError(`${file.key}: ${found.fault.reason}`);
  const kind = found.match.contract.kind as Kind;

  const rows: RowVersion[] = [];
  let badRows = 0;
  for (const { record, info } of records.slice(1)) {
    const cells = record.length === header.length ? cellsOf(kind, header, record) : undefined;
    if (cells === undefined) badRows += 1;
    else rows.push({ cells, uploadedAt: file.uploadedAt, key: file.key, line: info.lines });
  }
  return { kind, rows, badRows };
}

/** undefined: the string is not a value of the type. null: there is no value. */
export function parseCell(type: ColumnType, text: string): Cell | undefined {
  if (type === 'text') return text === '' ? null : text;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const parsers: Partial<Record<ColumnType, (value: string) => Cell | undefined>> = {
    int64: parseInt64,
    money: parseMoney,
    timestamp: parseTimestamp,
    // In ten-thousandths, which is enough to compare.
    double: parseMoney,
  };
  const parser = parsers[type];
  if (!parser) throw new RangeError(`no reference parser for ${type}`);
  return parser(trimmed);
}

function textOf(file: SourceFile): string {
  const bytes = typeof file.body === 'string' ? Buffer.from(file.body) : file.body;
  const plain = file.key.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return new TextDecoder('utf-8', { fatal: true }).decode(plain);
}

function delimiterOf(header: string): string {
  return [',', ';', '\t', '|'].find((mark) => header.includes(mark)) ?? ',';
}

/** undefined for a bad row. */
function cellsOf(
  kind: Kind,
  header: readonly string[],
  record: readonly string[],
): Record<string, Cell> | undefined {
  const cells: Record<string, Cell> = {};
  for (const { name, type, required } of catalog.contract(kind).columns) {
    const cell = parseCell(type, record[header.indexOf(name)] ?? '');
    if (cell === undefined || (required && cell === null)) return undefined;
    cells[name] = cell;
  }
  return cells;
}

const INT64_LIMIT = 2n ** 63n;

function parseInt64(text: string): bigint | undefined {
  const digits = /^([+-]?\d+)(?:\.0*)?$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits.replace('+', ''));
  return value >= -INT64_LIMIT && value < INT64_LIMIT ? value : undefined;
}

/** Ten-thousandths, the absolute value rounded half up (a negative price never counts). */
function parseMoney(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  const [, sign = '', integer = '', fraction = ''] = match ?? [];
  if (match === null || integer + fraction === '') return undefined;
  const kept = BigInt(`${integer || '0'}${fraction.slice(0, 4).padEnd(4, '0')}`);
  const value = kept + ((fraction[4] ?? '0') >= '5' ? 1n : 0n);
  if (value >= 10n ** 18n) return undefined;
  return sign === '-' ? -value : value;
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z| UTC|([+-])(\d\d):?(\d\d))?$/;

/** Microseconds since 1970 UTC. */
function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const millis = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(millis).toISOString().slice(0, 19);
  if (read !== match[0].slice(0, 19).replace(' ', 'T')) return undefined;
  const micros = BigInt((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const offsetMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const offset = BigInt(match[8] === '-' ? -offsetMinutes : offsetMinutes) * 60_000_000n;
  return BigInt(millis) * 1000n + micros - offset;
}
