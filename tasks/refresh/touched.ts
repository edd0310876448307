import {
  byColumns,
  type InputRelation,
  keyColumns,
  type Mart,
  type MartInput,
  touchedColumns,
} from '../../domain/mart';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList, fill, renamedList } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import changedKeysSql from './changed_keys.sql';
import { namedBy } from './days';
import type { InputChanges } from './input-changes';
import { inputQuery } from './input-views';
import { type MartSource, scanInput } from './source';

/**
 * Creates a temporary table of the distinct values, by column, that a mart is refreshed by and whose rows can differ from those
 * computed before the changes. Reads, besides the changes, only the files that can hold rows which changed rows belong to.
 *
 * @returns the table's name
 */
export async function touchedBy(source: MartSource, mart: Mart, changes: InputChanges): Promise<string> {
  const { lake, inputs } = source;
  const columns = columnList(touchedColumns(mart));
  const queries: string[] = [];
  if (mart.touched !== undefined) queries.push(await declaredQuery(source, mart, mart.touched, changes));
  else {
    for (const input of inputs) {
      if (input.relation.of === 'own') queries.push(await touchedOf(source, mart, input, changes));
    }
  }
  const touched = temporaryName(lake, 'touched');
  await lake.db.run(
    `create temp table ${touched} as select distinct ${columns} from (${queries.join(' union all ')})`,
  );
  return touched;
}

/** The query of touched.sql, with the views that it names; of tables and columns that it does not name nothing is read. */
async function declaredQuery(
  source: MartSource,
  mart: Mart,
  sql: string,
  changes: InputChanges,
): Promise<string> {
  const { lake, catalog, snapshots, inputs, timeZone } = source;
  const text = sql.replaceAll(/--.*/g, '').toLowerCase();
  const names = new Set(text.match(/\w+/g));
  const named = (columns: readonly string[]) => {
    const some = columns.filter((name) => names.has(name));
    return text.includes('*') || some.length === 0 ? columns : some;
  };
  for (const input of inputs) {
    if (names.has(input.view))
      await scanInput(source, { ...input, columns: named(input.columns) }, input.view);
    await lake.db.run(
      `create or replace temp view ${quoteIdentifier(`${input.view}_changed`)} as select * from ${changes.get(input.view)}`,
    );
  }
  if (names.has(mart.name)) {
    const columns = named(mart.columns.map(({ name }) => name));
    await scan(lake, snapshots[mart.name], catalog.martTable(mart.name), mart.name, columns);
  }
  return fill(sql, { time_zone: quoteLiteral(timeZone) });
}

/** What names an input's changed rows, and its rows that changed rows of other inputs belong to. */
async function touchedOf(
  source: MartSource,
  mart: Mart,
  input: MartInput,
  changes: InputChanges,
): Promise<string> {
  const { lake, catalog, inputs, timeZone } = source;
  const { key } = catalog.table(input.kind);
  const named = (relation: string) => `select ${namedBy(mart, input, timeZone)} from ${relation}`;
  const relations = [named(changes.get(input.view) ?? '')];
  const isNamedByKey = mart.refresh.by !== 'day' && byColumns(mart).every((name) => key.includes(name));
  for (const child of inputs) {
    const { relation } = child;
    if (relation.of !== 'parent' || relation.kind !== input.kind) continue;
    const references = keyColumns(relation.column);
    const parents = temporaryName(lake, 'parents');
    await lake.db.run(
      `create temp table ${parents} as select distinct ${renamedList(references, key)} from ${changes.get(child.view)}`,
    );
    for (const lookup of inputs) {
      if (lookup.relation.of !== 'children' || lookup.relation.kind !== child.kind) continue;
      const query = await referencesOfChildren(source, lookup, lookup.relation, references, changes);
      await lake.db.run(`insert into ${parents} ${query}`);
    }
    if (isNamedByKey) {
      relations.push(named(parents));
      continue;
    }
    const view = await scanHolding(source, input.kind, input.columns, parents, key);
    relations.push(named(`${view} semi join ${parents} using (${columnList(key)})`));
  }
  return relations.join(' union all ');
}

/** A query for the parents, by `references`, of the child rows that refer to a row whose image in its view changed. */
async function referencesOfChildren(
  source: MartSource,
  input: MartInput,
  relation: Extract<InputRelation, { of: 'children' }>,
  references: readonly string[],
  changes: InputChanges,
): Promise<string> {
  const { lake, timeZone } = source;
  const image = (change: 'before' | 'after') =>
    inputQuery(
      input,
      `(select * exclude (_change) from ${changes.get(input.view)} where _change = '${change}')`,
      timeZone,
    );
  const keys = temporaryName(lake, 'changed_keys');
  const columns = keyColumns(relation.column);
  const query = fill(changedKeysSql, {
    before: image('before'),
    after: image('after'),
    key: renamedList(keyColumns(relation.key), columns),
  });
  await lake.db.run(`create temp table ${keys} as ${query}`);
  const view = await scanHolding(source, relation.kind, [...references, ...columns], keys, columns);
  return `select distinct ${columnList(references)} from ${view} semi join ${keys} using (${columnList(columns)})`;
}

/**
 * A view over the files of a table that may contain one of the values in some of its columns.
 * @param values relation with the columns `by`
 */
async function scanHolding(
  { lake, catalog, snapshots }: MartSource,
  kind: string,
  columns: readonly string[],
  values: string,
  by: readonly string[],
): Promise<string> {
  const table = catalog.table(kind);
  const view = temporaryName(lake, 'holding');
  const files = await filesThatMayHold(lake, table, snapshots[kind]?.files ?? new Map(), values, by);
  await scan(lake, snapshots[kind], table, view, [...new Set(columns)], files);
  return view;
}
