import { columnNotation } from '../../domain/contract';
import { cellPositions, type HeaderMatch } from '../../domain/header-match';
import { quoteIdentifier, quoteList, quoteLiteral } from '../../engine/duckdb/quote';
import type { OnRows, PlainRows } from '../input-file';
import type { TextSource } from '../packaging/read-text';
import type { JsonText } from './json-texts';
import type { JsonMembers } from './parse-object';

/** A number of at most 15 digits, which DuckDB reads as a floating-point number without losing one. */
const SHORT_NUMBER = /^-?(?=[0-9.]{1,16}$)(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** A number that DuckDB writes as the file does. */
const SHORT_INTEGER = /^(0|-?[1-9][0-9]{0,14})$/;

/**
 * Finds out whether DuckDB gives the same rows as {@link parseObject}: one valid object in every line from the first on, and no
 * numbers that it writes in another way.
 */
export class PlainCheck {
  rows = 0;
  private isPlain = true;
  private readonly nested = new Set<string>();
  private readonly fractions = new Set<string>();

  add({ line, isLine }: JsonText, members: JsonMembers | undefined): void {
    this.rows += 1;
    if (!this.isPlain) return;
    this.isPlain = members !== undefined && isLine && line === this.rows;
    if (!members) return;
    const { names, values, nested, numbers } = members;
    for (const at of nested) this.nested.add(names[at] as string);
    for (const at of numbers) {
      const value = values[at] as string;
      if (SHORT_INTEGER.test(value)) continue;
      if (SHORT_NUMBER.test(value)) this.fractions.add(names[at] as string);
      else this.isPlain = false;
    }
  }

  /** @param names of the header; @param readLines reads some rows exactly */
  result(
    source: TextSource,
    names: readonly string[],
    header: HeaderMatch,
    readLines: (lines: readonly number[], onRows: OnRows) => Promise<undefined>,
  ): PlainRows | undefined {
    const { contract, positions } = header;
    const isSame = contract.columns.every((column, at) => {
      const position = positions[at] ?? null;
      const name = position === null ? undefined : (names[position] as string);
      if (name === undefined) return true;
      if (this.nested.has(name) || column.type === 'json') return false;
      if (!this.fractions.has(name)) return true;
      return column.type !== 'text' && columnNotation(column, contract).decimal !== ',';
    });
    const isKnownPackaging = source.packaging === 'none' || source.packaging === 'gzip';
    if (!this.isPlain || !isSame || !isKnownPackaging) return undefined;
    const used = cellPositions(header).map((position) =>
      position === null ? undefined : (names[position] as string),
    );
    return {
      shape: JSON.stringify(['ndjson', contract.kind, source.packaging, used]),
      rows: this.rows,
      firstLine: 1,
      isNumbered: false,
      cellQueries: (paths, first) => [cellQuery(paths, first, used, source.packaging)],
      readLines,
    };
  }
}

function cellQuery(
  paths: readonly string[],
  first: number,
  used: readonly (string | undefined)[],
  packaging: TextSource['packaging'],
): string {
  const columns = [...new Set(used)].flatMap((name) =>
    name === undefined ? [] : [`${quoteLiteral(name)}: 'varchar'`],
  );
  const cells = used.map(
    (name, at) => `${name === undefined ? "''" : `coalesce(${quoteIdentifier(name)}, '')`} as _c${at}`,
  );
  return (
    `select (file_index + ${first})::integer as _file, null::bigint as _line, ${cells.join(', ')}, true as _complete ` +
    `from read_json(${quoteList(paths)}, format = 'newline_delimited', compression = '${packaging}', ` +
    `columns = {${columns.join(', ')}})`
  );
}
