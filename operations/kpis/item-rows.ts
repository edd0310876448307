import type { MartCells, ServedMart } from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import { type Lake, temporaryName } from '../../lake/lake';
import insertSql from './item-rows.sql';

/** Items that are loaded at once, so that memory is bounded. */
const PAGE = 5_000;

/** The column of attributes that the mart does not have, as JSON; null without any. */
export const OTHER_ATTRIBUTES = 'other attributes';

/** Loads items into a temporary table of text columns: those of the mart, and {@link OTHER_ATTRIBUTES}. The caller drops it. */
export async function loadItems(
  lake: Pick<Lake, 'db' | 'newId'>,
  mart: ServedMart,
  items: AsyncIterable<MartCells>,
): Promise<string> {
  const table = temporaryName(lake, 'items');
  const columns = [...mart.columns.map(({ name }) => name), OTHER_ATTRIBUTES];
  const declared = columns.map((name) => `${quoteIdentifier(name)} varchar`);
  await lake.db.run(`create temp table ${table} (${declared.join(', ')})`);
  const structure = JSON.stringify([Object.fromEntries(columns.map((name) => [name, 'VARCHAR']))]);
  const insert = fill(insertSql, { items: table, structure: quoteLiteral(structure) });
  const known = new Set(columns);
  let page: MartCells[] = [];
  const load = async () => {
    if (page.length > 0) await lake.db.run(insert, { page: JSON.stringify(page) });
    page = [];
  };
  for await (const item of items) {
    page.push(rowOf(item, known));
    if (page.length === PAGE) await load();
  }
  await load();
  return table;
}

function rowOf(item: MartCells, known: ReadonlySet<string>): MartCells {
  const entries = Object.entries(item);
  const others = entries.filter(([name]) => !known.has(name));
  if (others.length === 0) return item;
  const other = JSON.stringify(Object.fromEntries(others.sort(([a], [b]) => (a < b ? -1 : 1))));
  return { ...Object.fromEntries(entries.filter(([name]) => known.has(name))), [OTHER_ATTRIBUTES]: other };
}
