/**
 * The `stats` of an add action, from the statistics of a Parquet file that DuckDB wrote (COPY ... RETURN_STATS).
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics
 */

import type { DeltaType, TableColumn } from './schema';
import type { TableSpec } from './table-spec';

/** A column's statistics, as DuckDB formats them; min and max are missing if it has none. */
export interface ColumnStatistics {
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly nullCount?: number | undefined;
  /** A double has NaN among its values, which min and max leave out. */
  readonly hasNan?: boolean | undefined;
}

/**
 * The number of rows of a data file, from its stats (JSON text); null if they do not say.
 * Called for every live file of a table: that of our own writer is read without parsing the whole text.
 */
export function numRecords(stats: string | undefined): number | null {
  const leading = /^\{"numRecords":(\d+)[,}]/.exec(stats ?? '')?.[1];
  if (leading !== undefined) return Number(leading);
  try {
    const found: unknown = JSON.parse(stats ?? '{}').numRecords;
    return typeof found === 'number' ? found : null;
  } catch {
    return null;
  }
}

/** Rows of the live files of a table, from their stats, which Daybook always writes. */
export const rowCount = ({
  files,
}: {
  readonly files: ReadonlyMap<string, { readonly stats?: string }>;
}): number => [...files.values()].reduce((sum, { stats }) => sum + (numRecords(stats) ?? 0), 0);

/**
 * The number of rows of a data file that are not deleted; null if its stats do not say. A file that is older than the
 * deletion flag has no deleted row.
 */
export function liveRecords(
  { deletedColumn }: Pick<TableSpec, 'deletedColumn'>,
  stats: string | undefined,
): number | null {
  const all = numRecords(stats);
  if (all === null || deletedColumn === undefined) return all;
  const { nullCount }: { nullCount?: Record<string, unknown> } = JSON.parse(stats ?? '{}');
  const live = nullCount?.[deletedColumn];
  return typeof live === 'number' ? live : all;
}

/** Strings in stats are truncated to this number of Unicode characters. */
const TEXT_PREFIX = 32;
const LAST_ASCII = '\u007f';
const LAST_CHARACTER = '\u{10ffff}';

/**
 * The stats as JSON text. Numbers keep every digit. If a bound of one column with values cannot be written exactly, no
 * bounds are written at all, so that a reader that prunes by them never misses a row: the Arrow datasets of delta-rs treat
 * a single missing bound as one that no row meets.
 *
 * @param columns the columns that are in the file: partition columns have no stats
 */
export function statsJson(
  numRecords: number,
  columns: readonly TableColumn[],
  statistics: ReadonlyMap<string, ColumnStatistics>,
): string {
  const members = (pick: (found: ColumnStatistics, type: DeltaType) => string | undefined) =>
    columns
      .flatMap(({ name, type }) => {
        const value = pick(statistics.get(name) ?? {}, type);
        return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
      })
      .join(',');
  const min = members((found, type) => bound(found, type, 'min'));
  const max = members((found, type) => bound(found, type, 'max'));
  const nulls = members(({ nullCount }) => nullCount?.toString());
  const isBounded = columns.every(({ name, type }) => {
    const found = statistics.get(name) ?? {};
    const sides = [bound(found, type, 'min'), bound(found, type, 'max')];
    return found.nullCount === numRecords || !sides.includes(undefined);
  });
  const bounds = isBounded ? `"minValues":{${min}},"maxValues":{${max}},` : '';
  return `{"numRecords":${numRecords},${bounds}"nullCount":{${nulls}}}`;
}

/** One bound as JSON text. */
function bound(found: ColumnStatistics, type: DeltaType, side: 'min' | 'max'): string | undefined {
  const text = found[side];
  if (text === undefined || found.hasNan) return undefined;
  switch (type) {
    case 'string':
      return quoted(side === 'min' ? truncateMin(text) : truncateMax(text));
    case 'timestamp':
      return quoted(instantBound(text, side));
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) ? quoted(text) : undefined;
    case 'boolean':
      return text === '1' ? 'true' : text === '0' ? 'false' : undefined;
    case 'double':
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? text : undefined;
    default:
      return /^-?\d+(\.\d+)?$/.test(text) ? text : undefined;
  }
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

/** A prefix is never greater than the whole string. */
export function truncateMin(text: string): string {
  const characters = [...text];
  return characters.length <= TEXT_PREFIX ? text : characters.slice(0, TEXT_PREFIX).join('');
}

/**
 * A short string that is not smaller than the given one, in the order of UTF-8 bytes: the prefix and a character greater
 * than the first one that was cut off. Undefined if twice the prefix is not enough to find one.
 */
export function truncateMax(text: string): string | undefined {
  const characters = [...text];
  for (let kept = TEXT_PREFIX; kept <= 2 * TEXT_PREFIX; kept++) {
    const next = characters[kept];
    if (next === undefined) return text;
    if (next === LAST_CHARACTER) continue;
    return characters.slice(0, kept).join('') + (next < LAST_ASCII ? LAST_ASCII : LAST_CHARACTER);
  }
  return undefined;
}

/** The latest instant with a four-digit year. */
const LAST_INSTANT = '9999-12-31T23:59:59.999999Z';

/**
 * DuckDB's `2025-01-01 00:00:00.123456+00` in whole milliseconds: the min rounded down, the max rounded up. A max in the
 * last millisecond of the year 9999 becomes its last microsecond.
 */
export function instantBound(text: string, side: 'min' | 'max'): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (!match) return undefined;
  const [, day, time, fraction = ''] = match;
  const micros = Number(fraction.padEnd(6, '0'));
  const millis = side === 'min' ? Math.floor(micros / 1000) : Math.ceil(micros / 1000);
  const instant = new Date(Date.parse(`${day}T${time}Z`) + millis);
  return instant.getUTCFullYear() > 9999 ? LAST_INSTANT : instant.toISOString();
}
