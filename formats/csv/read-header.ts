import { CsvError, parse } from 'csv-parse/sync';
import type { Contract } from '../../domain/contract';
import type { FileFault } from '../../domain/file-rules';
import { columnKey, columnKeys } from '../../domain/header-columns';
import { type HeaderOutcome, matchHeader } from '../../domain/header-match';
import { CSV_OPTIONS, type Delimiter } from './read-rows';

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

export type HeaderReading = HeaderOutcome & { readonly delimiter: Delimiter };

/**
 * Detects the delimiter from the header: the one that yields the most known column names, not the most frequent character,
 * which may be part of the name of an extra column.
 * @param header the first record's bytes, without a byte order mark
 */
export function readHeader(key: string, header: Buffer, contracts: readonly Contract[]): HeaderReading {
  const text = header.toString('latin1');
  if (last?.text !== text || last.contracts !== contracts) {
    last = { text, contracts, cells: readCells(header, contracts) };
  }
  const { delimiter, ...found } = last.cells;
  return { ...('fault' in found ? found : matchHeader(key, found.cells, contracts)), delimiter };
}

type Cells = ({ readonly cells: readonly string[] } | { readonly fault: FileFault }) & {
  readonly delimiter: Delimiter;
};

/** Caches the last header: of a thousand small files, most have the same one. */
let last:
  | { readonly text: string; readonly contracts: readonly Contract[]; readonly cells: Cells }
  | undefined;

function readCells(header: Buffer, contracts: readonly Contract[]): Cells {
  const columnNames = new Set(contracts.flatMap(({ columns }) => columns.flatMap(columnKeys)));
  let best: { delimiter: Delimiter; cells: string[]; known: number } | undefined;
  let fault: FileFault | undefined;
  for (const delimiter of DELIMITERS) {
    const cells = firstRecord(header, delimiter);
    if (!Array.isArray(cells)) {
      fault ??= cells;
      continue;
    }
    const known = new Set(cells.map(columnKey).filter((name) => columnNames.has(name))).size;
    if (!best || known > best.known || (known === best.known && cells.length > best.cells.length)) {
      best = { delimiter, cells, known };
    }
  }
  // With a delimiter that does not occur in the header, an open quote is just text in its only cell.
  if (!best || (best.known === 0 && fault)) return { fault: fault ?? NO_HEADER, delimiter: ',' };
  return { cells: best.cells, delimiter: best.delimiter };
}

const NO_HEADER: FileFault = {
  reason: 'the file has no header',
  remedy: 'put the column names in the first line',
  line: 1,
};

function firstRecord(header: Buffer, delimiter: Delimiter): string[] | FileFault {
  try {
    const [cells] = parse(header, { ...CSV_OPTIONS, delimiter, to: 1 }) as string[][];
    return cells ?? NO_HEADER;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return {
      reason: 'invalid CSV: a quote opened in the header is never closed',
      remedy: 'close the quote in the header',
      line: 1,
    };
  }
}
