import { parse } from 'csv-parse/sync';

/** What separates cells, by the region that a spreadsheet is set to or the boxes that are ticked in its dialog. */
const SEPARATORS = [',', ';', '\t', '|'];

/** White space ahead of it may be passed over. A number begins with a sign too, and does nothing, with a quote of ours behind it neither. */
const FORMULA = /^\s*(?![+-][0-9.,]+"*$)[=+\-@＝＋－＠]/;

/** The cells of a CSV file of ours that some spreadsheet would take for formulas, whichever way it reads the file. */
export function formulasIn(text: string): string[] {
  return SEPARATORS.flatMap((separator) => [
    ...cellsBehindQuotes(text, separator),
    ...splitCells(text, separator),
  ]).filter((cell) => FORMULA.test(cell));
}

function cellsBehindQuotes(text: string, separator: string): string[] {
  const rows: string[][] = parse(text, {
    delimiter: separator,
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_records_with_error: true,
  });
  return rows.flat();
}

/** As a program splits that does not take our quotes for quotes. Whoever splits at commas does. */
function splitCells(text: string, separator: string): string[] {
  if (separator === ',') return [];
  return text
    .split(/[\r\n]/)
    .flatMap((line) => line.split(separator))
    .map((cell) => cell.replace(/^[ "]+/, '').replace(/"+$/, ''));
}
