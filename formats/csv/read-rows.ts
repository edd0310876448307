import type { ReadOptions } from '../../domain/contract';
import { declareRead, inSentence, type Remedy } from '../../domain/declare';
import type { FileFault } from '../../domain/file-rules';
import { type RowFault, rowFault, STRAY_QUOTE } from '../../domain/row-rules';
import type { InputRow, OnRows } from '../input-file';
import type { Dialect } from './dialect';
import { type CsvRecord, findRecord, RecordScanner } from './records';
import { splitCells } from './split-cells';

/** Where the rows of a CSV file are, and how they are written. */
export interface CsvLayout {
  readonly kind: string;
  readonly dialect: Dialect;
  readonly read: ReadOptions;
  /** The cells of the header. */
  readonly header: readonly string[];
  /** Bytes of the text before the first row, without byte order mark. */
  readonly rowsStart: number;
  /** The physical line of the first row. */
  readonly firstLine: number;
}

/**
 * Reads the rows after the header, in order and in batches; each batch waits for the one before. Leaves out blank lines, rows of
 * empty cells, comments, the header where it is repeated, and the declared number of rows at the end.
 *
 * A row has as many cells as the header: empty cells after them are left out, and so are missing ones of columns without a name.
 *
 * @param text valid UTF-8 from the first row on
 * @param wanted physical lines, ascending; only the rows that start in them are read
 * @returns the fault of a file that is not valid CSV or is cut off; the rows before it have been passed to `onRows`
 */
export async function readRows(
  text: AsyncIterable<Buffer>,
  layout: CsvLayout,
  onRows: OnRows,
  wanted?: readonly number[],
): Promise<FileFault | undefined> {
  const rows = new RowReader(layout, wanted);
  const scanner = new RecordScanner(layout.dialect, layout.firstLine, (record) => rows.add(record));
  for await (const chunk of text) {
    const fault = scanner.push(chunk) ?? rows.fault;
    if (fault) return fault;
    await passOn(rows.take(), onRows);
    if (rows.isDone) return undefined;
  }
  const fault = scanner.end() ?? rows.fault;
  if (fault) return fault;
  await passOn(rows.end(), onRows);
  return undefined;
}

async function passOn(batch: readonly InputRow[], onRows: OnRows): Promise<void> {
  if (batch.length > 0) await onRows(batch);
}

class RowReader {
  fault: FileFault | undefined;
  private batch: InputRow[] = [];
  /** A row that may be a line of totals, if it is the last one. */
  private total: InputRow | undefined;
  private wantedAt = 0;
  private readonly footer: number;
  private readonly named: number;
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly layout: CsvLayout,
    private readonly wanted: readonly number[] | undefined,
  ) {
    const { header, read } = layout;
    // The rows that are wanted are none of the footer.
    this.footer = wanted ? 0 : (read.footer ?? 0);
    this.named = namedCells(header);
    this.names = new Set(header);
  }

  /** True if no wanted row is left. */
  get isDone(): boolean {
    return this.wanted !== undefined && this.wantedAt === this.wanted.length && !this.total;
  }

  add(record: CsvRecord): void {
    if (this.fault) return;
    const isWanted = this.wanted === undefined || record.line === this.wanted[this.wantedAt];
    if (!isWanted && !this.total) return;
    if (this.wanted && isWanted) this.wantedAt += 1;
    const { dialect } = this.layout;
    const bytes = record.buffer.subarray(record.start, record.end);
    const cells = splitCells(bytes.toString('utf8'), dialect, record.hasQuotes);
    if (isBlank(cells) || (isWanted && this.isHeader(cells, record.line))) return;
    if (this.total) this.batch.push(this.total);
    this.total = undefined;
    if (!isWanted) return;
    const isTotal = this.footer === 0 && TOTALS.test(cells.find((cell) => cell !== '') ?? '');
    if (!record.ended && this.footer === 0 && cells.length < this.named)
      this.fault = cutOff(record, cells.length, this.named, isTotal ? this.layout.kind : undefined);
    const row: InputRow = {
      cells: this.fitted(cells),
      line: record.line,
      raw: bytes,
      ...this.faultOf(record.strayQuote, bytes, cells.length),
    };
    // Whether it is the last row, the next one tells. Its bytes may have changed by then.
    if (isTotal) this.total = { ...row, raw: Buffer.from(bytes) };
    else this.batch.push(row);
  }

  private faultOf(strayQuote: boolean, bytes: Buffer, cells: number): Pick<InputRow, 'fault'> {
    const { kind, read } = this.layout;
    if (strayQuote) return { fault: this.strayQuoteFault(bytes) };
    const comment = COMMENTS.find((start) => bytes.subarray(0, start.length).equals(start));
    if (!comment || cells >= this.named || read.shortRows === 'fill') return {};
    const declared = declareRead(`comment: "${comment}"`, kind);
    const reason = `a line that starts with ${comment} and has ${cells} of ${this.named} fields: if it is a comment, ${declared.remedy}`;
    return { fault: { column: '', rule: `a line that starts with ${comment}`, reason, ...declared } };
  }

  /** With the option to declare if the row has as many cells as the header once a backslash escapes its quotes. */
  private strayQuoteFault(bytes: Buffer): RowFault {
    const { dialect, kind } = this.layout;
    if (dialect.backslash || !bytes.includes(ESCAPED_QUOTE)) return STRAY_QUOTE;
    const escaped = { ...dialect, backslash: true };
    const { strayQuote, openAt } = findRecord(bytes, 0, escaped);
    const cells = splitCells(bytes.toString('utf8'), escaped, true).length;
    if (strayQuote || openAt !== undefined || cells < this.named || cells > this.layout.header.length)
      return STRAY_QUOTE;
    const { column, rule } = STRAY_QUOTE;
    return rowFault(column, rule, `${rule}, after a backslash`, declareRead("escape: '\\'", kind));
  }

  /** The rows that have been added, except those that may belong to the footer. */
  take(): InputRow[] {
    const rows = this.batch;
    this.batch = this.footer > 0 ? rows.splice(-this.footer) : [];
    return rows;
  }

  /** The last rows. */
  end(): InputRow[] {
    if (this.total) return [...this.batch, { ...this.total, remedy: declareFooter(this.layout.kind) }];
    return this.footer > 0 ? this.batch.slice(0, -this.footer) : this.batch;
  }

  private isHeader(cells: readonly string[], line: number): boolean {
    const { header } = this.layout;
    const first = withoutBom(cells[0] ?? '');
    if (!this.names.has(first)) return false;
    const own = trimmed([first, ...cells.slice(1)]);
    const names = trimmed(header);
    if (sameCells(own, names)) return true;
    if (sameCells(own.toSorted(), names.toSorted())) {
      this.fault = {
        reason: `line ${line} repeats the header with its columns in another order`,
        remedy: 'upload the files that were put together one by one',
        line,
      };
    }
    return false;
  }

  private fitted(cells: string[]): string[] {
    const { header, read } = this.layout;
    const width = header.length;
    if (cells.length === width) return cells;
    if (cells.length > width) {
      return cells.slice(width).every((cell) => cell === '') ? cells.slice(0, width) : cells;
    }
    if (cells.length < this.named && read.shortRows !== 'fill') return cells;
    return [...cells, ...Array.from({ length: width - cells.length }, () => '')];
  }
}

/** What a line of totals starts with. */
const TOTALS =
  /^\s*((grand |sub ?)?totals?|sum|summe|gesamt(summe)?|insgesamt|totale|suma|somme|totaal|razem)\b/iu;

const declareFooter = (kind: string): Remedy =>
  inSentence(declareRead('footer: 1', kind), (remedy) => `if it is a line of totals, ${remedy}`);

const ESCAPED_QUOTE = '\\"';

/** What comments start with, where they are used. A row may start so too, as `#1001` does. */
const COMMENTS = ['#', '//', '--'].map((start) => Buffer.from(start));

/** The number of cells up to the last one that is not blank. */
export function namedCells(header: readonly string[]): number {
  return header.findLastIndex((cell) => cell.trim() !== '') + 1;
}

/** True for a line of white space, and for a row of delimiters. */
export function isBlank(cells: readonly string[]): boolean {
  const [first = '', ...others] = cells;
  return others.length === 0 ? first.trim() === '' : first === '' && others.every((cell) => cell === '');
}

const withoutBom = (cell: string): string => (cell.startsWith('\ufeff') ? cell.slice(1) : cell);

const trimmed = (cells: readonly string[]): string[] => cells.slice(0, namedCells(cells));

const sameCells = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((cell, at) => cell === other[at]);

const AGAIN = 'upload the whole file again';

/** @param kind if the row may be a line of totals */
function cutOff({ line }: CsvRecord, cells: number, expected: number, kind?: string): FileFault {
  return {
    reason: `the last row, in line ${line}, is cut off: it has ${cells} of ${expected} fields and no line ending`,
    line,
    ...(kind === undefined
      ? { remedy: AGAIN }
      : inSentence(declareFooter(kind), (remedy) => `${AGAIN}; ${remedy}`)),
  };
}
