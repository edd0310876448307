import type { Contract, ReadOptions } from '../../domain/contract';
import type { FileFault } from '../../domain/file-rules';
import { columnKey, columnKeys } from '../../domain/header-columns';
import { type HeaderMatch, matchHeader } from '../../domain/header-match';
import { CR, LF, lineEnds, startsWithBom } from './bytes';
import { DELIMITERS, type Delimiter, dialectOf } from './dialect';
import type { Head } from './read-head';
import type { CsvLayout } from './read-rows';
import { findRecord, MAX_RECORD_BYTES } from './records';
import { splitCells } from './split-cells';

/** Titles above a header are looked for in as many lines. */
const MAX_TITLE_LINES = 100;

/** What decides about a header: the name of the file, all contracts, and how the file is read. */
export interface HeaderRules {
  readonly key: string;
  readonly contracts: readonly Contract[];
  readonly read: ReadOptions;
}

export interface FoundHeader {
  readonly match: HeaderMatch;
  readonly layout: CsvLayout;
  /** The physical line in which the header starts; null if the contract declares the names of the columns instead. */
  readonly headerLine: number | null;
}

/** `more`: a longer beginning of the text is needed. */
export type HeaderSearch = FoundHeader | { readonly fault: FileFault } | { readonly more: true };

/** Most headers, and the titles above them, are within the first bytes. */
const HEAD_BYTES = 64 * 1024;
const HEAD_GROWTH = 16;

/** {@link findHeader} in a beginning of the text, as UTF-8 without byte order mark, that is as long as it takes. */
export async function searchHeader(
  readHead: (bytes: number) => Promise<Head>,
  rules: HeaderRules,
): Promise<FoundHeader | { readonly fault: FileFault }> {
  for (let bytes = HEAD_BYTES; bytes <= MAX_RECORD_BYTES; bytes *= HEAD_GROWTH) {
    const search = findHeader(await readHead(bytes), rules);
    if (!('more' in search)) return search;
  }
  return { fault: HEADER_TOO_LONG };
}

/**
 * Finds the header: the first line that is not blank or, if that is none, the first of the lines below it that has all required
 * columns of one contract. The lines above are titles. A line `sep=;` names the delimiter.
 */
function findHeader(head: Head, rules: HeaderRules): HeaderSearch {
  const lines = new Lines(head.bytes);
  for (let skipped = 0; skipped < (rules.read.skipRows ?? 0); skipped += 1) lines.next();
  const sep = separatorLine(lines.current());
  if (sep === 'unknown') return { fault: unknownSeparator(lines.line) };
  if (sep) lines.next();
  const delimiters = sep ? [sep] : rules.read.delimiter ? [rules.read.delimiter] : DELIMITERS;
  if (rules.read.header) return declaredHeader(head, lines, rules, delimiters);
  let first: HeaderSearch | undefined;
  for (let tried = 0; tried < MAX_TITLE_LINES && lines.offset < head.bytes.length; lines.next()) {
    if (lines.isLeftOut(rules.read.comment)) continue;
    tried += 1;
    const found = headerAt(head, lines, rules, delimiters);
    if ('match' in found) return found;
    first ??= found;
    if ('more' in first) return first;
  }
  return first ?? (head.isWhole ? { fault: NO_HEADER } : { more: true });
}

const NO_HEADER: FileFault = {
  reason: 'the file has no header',
  remedy: 'put the column names in the first line',
  line: 1,
};

/** The physical lines of a text. */
class Lines {
  offset = 0;
  line = 1;

  constructor(private readonly bytes: Buffer) {}

  current(): Buffer {
    return this.bytes.subarray(this.offset, this.end());
  }

  next(): void {
    const end = this.end();
    this.offset = end + (this.bytes[end] === CR && this.bytes[end + 1] === LF ? 2 : 1);
    this.line += 1;
  }

  isLeftOut(comment: string | undefined): boolean {
    const text = this.current().toString('utf8');
    return text.trim() === '' || (comment !== undefined && text.startsWith(comment));
  }

  private end(): number {
    const ends = [LF, CR].map((byte) => this.bytes.indexOf(byte, this.offset)).filter((at) => at >= 0);
    return Math.min(this.bytes.length, ...ends);
  }
}

/** A line that names the delimiter, as Excel writes it; Excel fills it up with delimiters when it saves such a file again. */
function separatorLine(line: Buffer): Delimiter | 'unknown' | undefined {
  const [, delimiter] = /^"?sep=(.)"?\1*\s*$/iu.exec(line.subarray(0, 200).toString('utf8')) ?? [];
  if (delimiter === undefined) return undefined;
  return DELIMITERS.find((known) => known === delimiter) ?? 'unknown';
}

function unknownSeparator(line: number): FileFault {
  return {
    reason: `line ${line} names a delimiter that is none of comma, semicolon, tab and vertical bar`,
    remedy: 'save the file with one of these delimiters',
    line,
  };
}

/** A file without a header: its rows start here. The delimiter is the one that gives the declared number of cells. */
function declaredHeader(
  head: Head,
  lines: Lines,
  rules: HeaderRules,
  delimiters: readonly Delimiter[],
): HeaderSearch {
  const header = rules.read.header ?? [];
  const found = matchHeader(rules.key, header, rules.contracts);
  if ('fault' in found) return found;
  while (lines.offset < head.bytes.length && lines.isLeftOut(rules.read.comment)) lines.next();
  const [delimiter = ','] = delimiters.toSorted((one, other) => difference(one) - difference(other));
  return {
    match: found.match,
    layout: {
      kind: found.match.contract.kind,
      dialect: dialectOf(rules.read, delimiter),
      read: rules.read,
      header,
      rowsStart: Math.min(lines.offset, head.bytes.length),
      firstLine: lines.line,
    },
    headerLine: null,
  };

  function difference(delimiter: Delimiter): number {
    const record = recordAt(head, lines.offset, rules, delimiter);
    return 'cells' in record ? Math.abs(record.cells.length - header.length) : Number.MAX_SAFE_INTEGER;
  }
}

/** Reads the header that starts at a line, with the delimiter that gives the most known names of columns. */
function headerAt(
  head: Head,
  { offset, line }: Lines,
  rules: HeaderRules,
  delimiters: readonly Delimiter[],
): HeaderSearch {
  const names = namesOf(rules.contracts);
  let best: { delimiter: Delimiter; record: HeaderRecord; known: number } | undefined;
  let problem: { fault: FileFault } | { more: true } | undefined;
  for (const delimiter of delimiters) {
    const record = recordAt(head, offset, rules, delimiter, line);
    if (!('cells' in record)) {
      problem ??= record;
      continue;
    }
    const { cells } = record;
    const known = new Set(cells.map(columnKey).filter((name) => names.has(name))).size;
    if (!best || known > best.known || (known === best.known && cells.length > best.record.cells.length)) {
      best = { delimiter, record, known };
    }
  }
  // With a delimiter that does not occur in the header, an open quote is just text in its only cell.
  if (!best || (best.known === 0 && problem)) return problem ?? { fault: NO_HEADER };
  const { cells, next, lines } = best.record;
  const found = matchHeader(rules.key, cells, rules.contracts);
  if ('fault' in found) return { fault: { ...found.fault, line } };
  return {
    match: found.match,
    layout: {
      kind: found.match.contract.kind,
      dialect: dialectOf(rules.read, best.delimiter),
      read: rules.read,
      header: cells,
      rowsStart: next,
      firstLine: line + lines,
    },
    headerLine: line,
  };
}

let lastNames: { readonly contracts: readonly Contract[]; readonly names: ReadonlySet<string> } | undefined;

/** The names of all columns; of a thousand files, all have the same contracts. */
function namesOf(contracts: readonly Contract[]): ReadonlySet<string> {
  if (lastNames?.contracts !== contracts) {
    lastNames = {
      contracts,
      names: new Set(contracts.flatMap(({ columns }) => columns.flatMap(columnKeys))),
    };
  }
  return lastNames.names;
}

interface HeaderRecord {
  readonly cells: readonly string[];
  /** The offset of the next record. */
  readonly next: number;
  /** Physical lines up to there. */
  readonly lines: number;
}

function recordAt(
  { bytes, isWhole }: Head,
  start: number,
  { read }: HeaderRules,
  delimiter: Delimiter,
  line = 1,
): HeaderRecord | { readonly fault: FileFault } | { readonly more: true } {
  const dialect = dialectOf(read, delimiter);
  const record = findRecord(bytes, start, dialect);
  // The last byte may be the first half of a line ending.
  if (!isWhole && (record.end === undefined || record.end + 1 >= bytes.length)) return { more: true };
  if (record.openAt !== undefined)
    return { fault: openQuote(line + lineEnds(bytes.subarray(start, record.openAt))) };
  const end = record.end ?? bytes.length;
  const raw = bytes.subarray(startsWithBom(bytes, start) ? start + 3 : start, end);
  const next = end + (bytes[end] === CR && bytes[end + 1] === LF ? 2 : 1);
  return {
    cells: splitCells(raw.toString('utf8'), dialect, record.hasQuotes),
    next: Math.min(next, bytes.length),
    lines: record.innerLines + 1,
  };
}

function openQuote(line: number): FileFault {
  return {
    reason: 'invalid CSV: a quote opened in the header is never closed',
    remedy: 'close the quote in the header',
    line,
  };
}

const HEADER_TOO_LONG: FileFault = {
  reason: `the header is longer than ${MAX_RECORD_BYTES} bytes, or a quote in it is never closed`,
  remedy: 'send a CSV file with one line of column names first',
  line: 1,
};
