import { DAY, keyColumns } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/session';
import { renamedList } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import { filesThatMayHold, filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import type { DaysSource } from './affected-days';
import { dayOf, dayRanges } from './days';
import { inputQuery } from './input-views';

/**
 * Creates the views of the inputs, which the mart queries read, for the given days or for all days. With given days, reads
 * only the files that may contain a row of them.
 *
 * @param days relation of the days; undefined for all days
 */
export async function openWorkingSet(source: DaysSource, days: string | undefined): Promise<void> {
  const { lake, inputs, timeZone } = source;
  const ranges = days && temporaryName(lake, 'day_ranges');
  if (ranges && days) await lake.db.run(`create temp table ${ranges} as ${dayRanges(days, timeZone)}`);
  for (const input of inputs) {
    if (input.days.of === 'own')
      await openDated(source, input.kind, input.columns, input.days.column, days, ranges);
  }
  for (const input of inputs) {
    if (input.days.of !== 'own') await openOther(source, input, days);
  }
  const all = Object.fromEntries(inputs.map(({ kind }) => [`${kind}_rows`, rowsOf(kind)]));
  for (const input of inputs) {
    const query = inputQuery(input, rowsOf(input.kind), timeZone, all);
    await lake.db.run(`create or replace temp view ${quoteIdentifier(input.view)} as ${query}`);
  }
}

/** The view of a kind's staging rows. */
const rowsOf = (kind: string): string => quoteIdentifier(`${kind}_rows`);

async function openDated(
  { lake, catalog, staging, timeZone }: DaysSource,
  kind: string,
  columns: readonly string[],
  column: string,
  days: string | undefined,
  ranges: string | undefined,
): Promise<void> {
  const table = catalog.stagingTable(kind);
  if (!days || !ranges) return scan(lake, staging[kind], table, `${kind}_rows`, columns);
  const files = await filesThatMayOverlap(lake, table, staging[kind]?.files ?? new Map(), column, ranges);
  const read = `${kind}_read`;
  await scan(lake, staging[kind], table, read, columns, files);
  const instant = quoteIdentifier(column);
  // Filter by range first, because computing the day of a row is slower.
  const near = `(select * from ${quoteIdentifier(read)} as r semi join ${ranges} as d on r.${instant} >= d.low and r.${instant} <= d.high)`;
  await lake.db.run(
    `create or replace temp view ${rowsOf(kind)} as select * from ${near} as r semi join ${days} as d on d.${DAY} = ${dayOf(`r.${instant}`, timeZone)}`,
  );
}

/** Creates the view of the children of the rows of these days; for other kinds, the view of all rows. */
async function openOther(
  { lake, catalog, staging }: DaysSource,
  { kind, columns, days: relation }: DaysSource['inputs'][number],
  days: string | undefined,
): Promise<void> {
  const table = catalog.stagingTable(kind);
  let files: string[] | undefined;
  if (days && relation.of === 'parent') {
    const references = keyColumns(relation.column);
    const parents = `(select ${renamedList(catalog.contract(relation.kind).key, references)} from ${rowsOf(relation.kind)})`;
    files = await filesThatMayHold(lake, table, staging[kind]?.files ?? new Map(), parents, references);
  }
  await scan(lake, staging[kind], table, `${kind}_rows`, columns, files);
}
