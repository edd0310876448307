import { parse } from 'csv-parse/sync';

/** Cell separators, by the spreadsheet's region or import settings. */
const SEPARATORS = [',', ';', '\t', '|'];

/** White space ahead of it may be passed over. A number begins with a sign too, and does nothing, with a quote of ours behind it neither. */
const FORMULA = /^\s*(?![+-][0-9.,]+"*$)[=+\-@＝＋－＠]/;

/** The cells of a written CSV file that any spreadsheet could read as formulas, with any import settings. */
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

/** Splits like a program that ignores the quotes. Programs that split at commas respect them. */
function splitCells(text: string, separator: string): string[] {
  if (separator === ',') return [];
  return text
    .split(/[\r\n]/)
    .flatMap((line) => line.split(separator))
    .map((cell) => cell.replace(/^[ "]+/, '').replace(/"+$/, ''));
}
