import { byColumns, keyColumns, type Mart, type MartInput, SESSION_START } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, fill, sameOn } from '../../engine/duckdb/sql';
import { type Lake, temporaryName } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { completeRows, queryOf } from '../../tasks/refresh/mart-rows';
import type { MartSource } from '../../tasks/refresh/source';
import { openAll, openTouched, type WorkingSet } from '../../tasks/refresh/working-set';
import { openedBy } from './opened-by';
import sessionSpanSql from './session-span.sql';

/** The rows of an input's view that a mart row was computed from. */
export interface ReadRows {
  readonly input: MartInput;
  /** A relation with the columns of the view. */
  readonly relation: string;
  readonly columns: readonly string[];
  /** The key columns of the mart that the rows have in common with its row. */
  readonly where: readonly string[];
}

export interface FoundRows {
  /** Of each input that the mart's query reads. */
  readonly rows: readonly ReadRows[];
  /** The query over exactly these rows gives the stored row. */
  readonly isReproduced: boolean;
}

/**
 * Finds the rows that a mart's query computes one row from: those with the values of the row's key, as far as the inputs have its
 * columns, and those that these belong to. The query over these rows alone must give the stored row; otherwise they are all rows
 * that a refresh of the row reads.
 *
 * @param stored relation with the mart's row, and no other
 */
export async function findRows(source: MartSource, mart: Mart, stored: string): Promise<FoundRows> {
  const opened = await open(source, mart, stored);
  await opened.show('after');
  const narrow = await narrowed(source, mart, stored);
  for (const { input, relation } of narrow) await showAs(source.lake, input.view, relation);
  if (await gives(source, mart, stored)) return { rows: narrow, isReproduced: true };
  await opened.show('after');
  const isReproduced = await gives(source, mart, stored);
  const all: ReadRows[] = [];
  for (const { input, columns } of narrow) {
    const relation = temporaryName(source.lake, 'read');
    await source.lake.db.run(`create temp table ${relation} as select * from ${quoteIdentifier(input.view)}`);
    all.push({ input, relation, columns, where: [] });
  }
  return { rows: all, isReproduced };
}

/** The rows that a refresh of the row reads, and possibly others. */
async function open(source: MartSource, mart: Mart, stored: string): Promise<WorkingSet> {
  const by = openedBy(mart);
  if (!by) return openAll(source);
  const touched = temporaryName(source.lake, 'touched');
  const query =
    mart.refresh.by === 'session'
      ? await sessionSpan(source, mart, stored)
      : `select ${columnList(byColumns(by))} from ${stored}`;
  await source.lake.db.run(`create temp table ${touched} as ${query}`);
  return openTouched(source, by, touched);
}

/** From the start of a session to that of the next one of its visitor, as no session has rows of another. */
async function sessionSpan(
  { lake, catalog, snapshots }: MartSource,
  mart: Mart,
  stored: string,
): Promise<string> {
  const columns = byColumns(mart);
  const sessions = temporaryName(lake, 'sessions');
  await scan(lake, snapshots[mart.name], catalog.martTable(mart.name), sessions, [...columns, SESSION_START]);
  return fill(sessionSpanSql, {
    columns: columnList(columns, 's'),
    stored,
    sessions,
    same: sameOn(columns, 'o', 's'),
    start: quoteIdentifier(SESSION_START),
  });
}

async function narrowed(source: MartSource, mart: Mart, stored: string): Promise<ReadRows[]> {
  const { lake, inputs, catalog } = source;
  const read = inputs.filter(({ view }) => mart.inputs.some(({ name }) => name === view));
  const rows: ReadRows[] = [];
  for (const input of read) {
    const columns = await columnsOf(lake, quoteIdentifier(input.view));
    const where = mart.key.filter((name) => columns.includes(name));
    const { relation } = input;
    const parent =
      relation.of === 'parent' ? rows.find((one) => one.input.kind === relation.kind) : undefined;
    const joins = [
      ...(where.length > 0 ? [`semi join ${stored} as s on ${sameOn(where, 'r', 's')}`] : []),
      ...(parent && relation.of === 'parent'
        ? [parentJoin(parent, keyColumns(relation.column), catalog.table(relation.kind).key)]
        : []),
    ];
    const narrow = temporaryName(lake, 'read');
    await lake.db.run(
      `create temp table ${narrow} as select * from ${quoteIdentifier(input.view)} as r ${joins.join(' ')}`,
    );
    rows.push({ input, relation: narrow, columns, where });
  }
  return rows;
}

function parentJoin(parent: ReadRows, references: readonly string[], key: readonly string[]): string {
  const on = references.map(
    (name, at) => `r.${quoteIdentifier(name)} = p.${quoteIdentifier(key[at] ?? name)}`,
  );
  return `semi join ${parent.relation} as p on ${on.join(' and ')}`;
}

const showAs = ({ db }: Lake, view: string, relation: string): Promise<void> =>
  db.run(`create or replace temp view ${quoteIdentifier(view)} as select * from ${relation}`);

/** Whether the mart's query over the views that are shown gives the stored row. */
async function gives({ lake, catalog, timeZone }: MartSource, mart: Mart, stored: string): Promise<boolean> {
  const columns = [
    ...mart.columns.map(({ name }) => name),
    ...catalog
      .martTable(mart.name)
      .columns.map(({ name }) => name)
      .filter((name) => name.startsWith('_')),
  ];
  const computed = completeRows(mart, `(${queryOf(mart, timeZone)})`);
  const found = await lake.db.rows(
    `select 1 from (${computed}) as q semi join ${stored} as s on ${sameOn(columns, 'q', 's')}`,
  );
  return found.length === 1;
}

/** The columns of a relation, in their order. */
export async function columnsOf({ db }: Lake, relation: string): Promise<string[]> {
  const found = await db.rows<{ column_name: string }>(`select column_name from (describe ${relation})`);
  return found.map(({ column_name }) => column_name);
}
