import { byColumns, columnsNaming, keyColumns, type Mart, type MartInput, SPAN } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, equalOn, fill, renamedList } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import { filesThatMayOverlap } from '../../lake/pruning';
import { type Belonging, belongs, filesOf } from './belonging';
import { dayOf, dayRanges, dayTimestamp } from './days';
import type { InputChanges } from './input-changes';
import { showInputs } from './input-views';
import rowsBeforeSql from './rows_before.sql';
import { type MartSource, scanInput } from './source';

/** The rows that a mart's query reads, through views of the names of its inputs. */
export interface WorkingSet {
  /** The values that the mart is refreshed by and the rows belong to, as a relation; undefined for all rows. */
  readonly touched: string | undefined;
  /** Makes the views show the rows as they are, or as they were before the changes. */
  show(state: 'before' | 'after'): Promise<void>;
}

/** Relations of the rows of each input, by its view: a mart can read a view of a kind and all of its rows. */
type Rows = Readonly<Record<string, string>>;

/**
 * All rows, as they are.
 * @param given the rows of tables that are not read from the lake, by kind or mart
 */
export async function openAll(source: MartSource, given: Rows = {}): Promise<WorkingSet> {
  const rows: Record<string, string> = {};
  for (const input of source.inputs) {
    const { kind, view } = input;
    const scanned = temporaryName(source.lake, 'rows');
    rows[view] = given[kind] ?? scanned;
    if (given[kind] === undefined) await scanInput(source, input, scanned);
  }
  return { touched: undefined, show: () => showRows(source, rows) };
}

/**
 * The rows that belong to what a mart is refreshed by. Reads only the files that may contain one of them.
 * @param touched relation of those values, by column
 */
export async function openTouched(source: MartSource, mart: Mart, touched: string): Promise<WorkingSet> {
  const rows: Record<string, string> = {};
  for (const input of parentsFirst(source.inputs)) {
    rows[input.view] = await openInput(
      source,
      mart,
      input,
      touched,
      belongingKeys(source, mart, input, touched, [rows]),
    );
  }
  return { touched, show: () => showRows(source, rows) };
}

/**
 * The same for an additive mart, which also needs the rows before the changes. They are read once, into tables. If the touched values
 * are keys of an input, the rows among the changes are not read from its files again: each is the only one of its key.
 */
export async function openBeforeAndAfter(
  source: MartSource,
  mart: Mart,
  touched: string,
  changes: InputChanges,
): Promise<WorkingSet> {
  const states = { before: {} as Record<string, string>, after: {} as Record<string, string> };
  for (const input of parentsFirst(source.inputs)) {
    const { kind, view } = input;
    const changed = changes.get(view) ?? '';
    const keys = belongingKeys(source, mart, input, touched, [states.before, states.after]);
    const opened =
      keys && isKeyOf(source, kind, keys)
        ? await openByKey(source, mart, input, touched, keys, changed)
        : await openInput(source, mart, input, touched, keys);
    const [before, after] = [temporaryName(source.lake, 'before'), temporaryName(source.lake, 'after')];
    const what = keys ? 'table' : 'view';
    await source.lake.db.run(`create temp ${what} ${after} as select * from ${opened}`);
    const rowsBefore = fill(rowsBeforeSql, {
      after,
      changed,
      columns: columnList(input.columns),
      same_key: equalOn(source.catalog.table(kind).key, 'r', 'c'),
      belonging: keys ? `semi join ${keys.relation} as k on ${belongs(keys, 'r', 'k')}` : '',
    });
    await source.lake.db.run(`create temp ${what} ${before} as ${rowsBefore}`);
    states.after[view] = after;
    states.before[view] = before;
  }
  return { touched, show: (state) => showRows(source, states[state]) };
}

/** The changed rows of the inputs of an additive mart that is refreshed by row, before and after. */
export function openChanged(source: MartSource, changes: InputChanges): WorkingSet {
  const state = (change: 'before' | 'after') =>
    Object.fromEntries(
      [...changes].map(([view, changed]) => [
        view,
        `(select * exclude (_change) from ${changed} where _change = '${change}')`,
      ]),
    );
  return { touched: undefined, show: (change) => showRows(source, state(change)) };
}

const showRows = ({ lake, inputs, timeZone }: MartSource, rows: Rows): Promise<void> =>
  showInputs(lake.db, inputs, rows, timeZone);

const parentsFirst = (inputs: readonly MartInput[]): MartInput[] =>
  inputs.toSorted((a, b) => Number(a.relation.of !== 'own') - Number(b.relation.of !== 'own'));

/**
 * What the rows of an input must have to belong to the touched values; undefined if it is not in one of their columns.
 * @param states the rows of the inputs that are opened, in each state of the working set
 */
function belongingKeys(
  { catalog, inputs }: MartSource,
  mart: Mart,
  input: MartInput,
  touched: string,
  states: readonly Rows[],
): Belonging | undefined {
  const { relation, columns } = input;
  if (relation.of === 'children') return undefined;
  if (relation.of === 'parent') {
    const { key } = catalog.table(relation.kind);
    const references = keyColumns(relation.column);
    // Views come before tables of the same kind.
    const parent = inputs.find(({ kind }) => kind === relation.kind)?.view ?? '';
    const parents = states.map((rows) => `select ${renamedList(key, references)} from ${rows[parent]}`);
    return { relation: `(${parents.join(' union ')})`, columns: references };
  }
  if (dayTimestamp(mart, input) !== undefined) return undefined;
  const by = columnsNaming(mart, input);
  if (!by.every((name) => columns.includes(name))) return undefined;
  const values = renamedList(byColumns(mart), by);
  return mart.refresh.by === 'session'
    ? { relation: `(select ${values}, ${columnList(SPAN)} from ${touched})`, columns: by, time: relation.day }
    : { relation: `(select ${values} from ${touched})`, columns: by };
}

/** A relation of the rows of an input that belong to the touched values, and possibly others. @param keys what they must have */
async function openInput(
  source: MartSource,
  mart: Mart,
  input: MartInput,
  touched: string,
  keys: Belonging | undefined,
): Promise<string> {
  const { catalog, lake, snapshots } = source;
  const { kind } = input;
  const timestamp = dayTimestamp(mart, input);
  if (timestamp !== undefined) return openDated(source, mart, kind, input.columns, timestamp, touched);
  const files = keys && (await filesOf(lake, catalog.table(kind), snapshots[kind]?.files ?? new Map(), keys));
  const view = temporaryName(lake, 'rows');
  await scanInput(source, input, view, files);
  if (!keys) return view;
  return `(select * from ${view} as r semi join ${keys.relation} as k on ${belongs(keys, 'r', 'k')})`;
}

/** Whether what rows must have is the key of their table: one row has it, or none. */
function isKeyOf({ catalog }: MartSource, kind: string, { columns, time }: Belonging): boolean {
  const { key } = catalog.table(kind);
  return time === undefined && columns.length === key.length && key.every((name) => columns.includes(name));
}

/** The rows of an input that have one of the keys: those that changed as they are now, and only the others from its files. */
async function openByKey(
  source: MartSource,
  mart: Mart,
  input: MartInput,
  touched: string,
  keys: Belonging,
  changed: string,
): Promise<string> {
  const others = `(select k.* from ${keys.relation} as k anti join ${changed} as c on ${equalOn(keys.columns, 'k', 'c')})`;
  const unchanged = await openInput(source, mart, input, touched, { ...keys, relation: others });
  const columns = columnList(input.columns);
  const now = `select ${columns} from ${changed} as c semi join ${keys.relation} as k on ${belongs(keys, 'c', 'k')} where _change = 'after'`;
  return `(${now} union all select ${columns} from ${unchanged})`;
}

/** The rows of an input whose timestamp is in one of the touched days. */
async function openDated(
  source: MartSource,
  mart: Mart,
  kind: string,
  columns: readonly string[],
  timestamp: string,
  touched: string,
): Promise<string> {
  const { catalog, lake, snapshots, timeZone } = source;
  const [day = ''] = byColumns(mart);
  const ranges = temporaryName(lake, 'day_ranges');
  await lake.db.run(`create temp table ${ranges} as ${dayRanges(touched, day, timeZone)}`);
  const files = await filesThatMayOverlap(
    lake,
    catalog.table(kind),
    snapshots[kind]?.files ?? new Map(),
    timestamp,
    ranges,
  );
  const view = temporaryName(lake, 'rows');
  await scanInput(source, { kind, columns }, view, files);
  const instant = `r.${quoteIdentifier(timestamp)}`;
  // Filter by range first, because computing the day of a row is slower.
  const near = `(select * from ${view} as r semi join ${ranges} as d on ${instant} >= d.low and ${instant} <= d.high)`;
  return `(select * from ${near} as r semi join ${touched} as d on d.${quoteIdentifier(day)} = ${dayOf(instant, timeZone)})`;
}
