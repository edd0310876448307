import { BLANKS } from '../../../domain/cleaning';
import type { Source } from '../../../domain/contract';
import type { FileFault } from '../../../domain/file-rules';
import { RowCheck } from '../../../domain/row-rules';
import { groupColumn } from '../../../domain/source';
import type { ValueSettings } from '../../../domain/values';
import { quoteIdentifier, quoteLiteral } from '../../../engine/duckdb/quote';
import type { DuckDb } from '../../../engine/duckdb/session';
import { fill } from '../../../engine/duckdb/sql';
import type { InputFile } from '../../../formats/input-file';
import { TypedRows } from '../typed-rows';
import type { RowFaults } from './row-faults';
import rowsSql from './rows.sql';

/** The relation that the SQL of a source reads. */
export const ROWS = 'rows';

const CELLS = 'source_cells';

/** The table of the lines, and the value by which rows belong together. */
const GROUPS = 'row_groups';

/**
 * Loads a file's rows as the relation `rows`: a text column for each column of the source, null for an empty cell, and `_line`,
 * the physical line of the row. Values are filled down before any row is left out. Bad rows, and those that belong together with
 * one, are not in it.
 *
 * @returns the number of the file's rows; or the fault of a file that cannot be read to its end, or mixes notations
 */
export async function loadRows(
  db: DuckDb,
  file: InputFile,
  source: Source,
  faults: RowFaults,
  settings: ValueSettings,
): Promise<{ readonly rows: number } | { readonly fault: FileFault }> {
  const { positions } = file.header;
  const rules = new RowCheck(file.header, settings);
  const cells = await TypedRows.open(db, source.columns.length, CELLS);
  let rows = 0;
  try {
    const unread = await file.readRows((batch) => {
      for (const row of batch) {
        rows += 1;
        const checked = row.fault
          ? { ok: false as const, faults: [row.fault] }
          : rules.check(row.cells, row.line);
        if (!checked.ok) faults.add(row.line, checked.faults);
        const texts = positions.map((position, at) => {
          // Also a text such as NULL in a column of numbers has no value.
          if (position === null || (checked.ok && checked.values[at] === null)) return null;
          return row.cells[position] || null;
        });
        cells.add(0, texts, row.line);
      }
    });
    const fault = unread ?? rules.mixedNotations;
    if (fault) return { fault };
    cells.flush();
    const group = groupOf(source);
    await db.run(`create temp table ${GROUPS} as select line, ${group} as member from ${CELLS}`);
    await faults.spread(GROUPS, groupColumn(source) ?? '');
    await db.run(fill(rowsSql, { columns: filledColumns(source), cells: CELLS, faults: faults.table }));
    return { rows };
  } finally {
    await cells.close();
  }
}

/** Reports the rows that belong together with a bad row as bad, too. */
export async function spreadFaults(source: Source, faults: RowFaults): Promise<void> {
  await faults.spread(GROUPS, groupColumn(source) ?? '');
}

/** The value by which rows belong together, null if there is none. */
const groupOf = (source: Source): string => textAt(source, groupColumn(source)) ?? 'null';

/** The text of a column without white space around it, null if nothing is left; undefined if the source has no such column. */
function textAt({ columns }: Source, name: string | undefined): string | undefined {
  const at = columns.findIndex((column) => column.name === name);
  return at < 0 ? undefined : `nullif(trim(c${at}, ${quoteLiteral(BLANKS)}), '')`;
}

function filledColumns(source: Source): string {
  const { columns, fillDown } = source;
  const by = textAt(source, fillDown?.by);
  return columns
    .map(({ name }, at) => {
      const isFilled = by !== undefined && fillDown?.columns.includes(name);
      return `${isFilled ? filled(at, textAt(source, name) ?? '', by) : `c${at}`} as ${quoteIdentifier(name)}`;
    })
    .join(',\n    ');
}

/** The cell, or where it is blank the nearest one above it of the same order. */
const filled = (at: number, text: string, by: string): string =>
  `case when ${by} is null or ${text} is not null then c${at} else last_value(case when ${text} is not null then c${at} end ignore nulls) ` +
  `over (partition by ${by} order by line rows unbounded preceding) end`;
