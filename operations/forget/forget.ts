import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Catalog } from '../../catalog/catalog';
import { ARCHIVE, forgetResultKey, PENDING_FORGETTINGS } from '../../domain/object-keys';
import { USER_COLUMN, VISITOR_COLUMN } from '../../domain/person';
import { DAY_MS } from '../../domain/time';
import type { RefreshResult } from '../../domain/workflow';
import type { Lake } from '../../lake/lake';
import type { TableSpec } from '../../lake/table-spec';
import { getMatchingJson, putJson } from '../../storage/json-object';
import type { FileRules } from '../../tasks/validate/check-files';
import {
  type FileWithRows,
  findFiles,
  findWaiting,
  forgetResults,
  type ObjectWork,
  removeFromFiles,
} from './files';
import { forgetReasons, type LedgerReasons } from './ledger-reasons';
import { findPerson, newSalt, type PersonTable, personTables } from './person-rows';
import type { ForgetReceipt, ForgottenPlace, LeftObject, PlaceChange, RetainedPlace } from './receipt';
import type { GrowingPerson } from './rows-in-file';
import { sayings } from './scrub';
import { checkpoint, countRows, forgetRows, type Retention, retainedOf, type Until } from './tables';

export interface ForgetRequest {
  /** The id of a customer, as files have it. */
  readonly user: string;
  /** Changes nothing; the receipt says what would be changed. */
  readonly dryRun?: boolean | undefined;
  /** Removes the rows of orders and events too, so that they no longer count. */
  readonly recount?: boolean | undefined;
}

export interface ForgetDeps {
  readonly lake: Lake;
  readonly catalog: Catalog;
  /** By which validate reads files. */
  readonly rules: FileRules;
  readonly retention: Retention;
  readonly ledger: LedgerReasons;
  /** Brings the marts and DynamoDB up to date with staging/, as the step transform does; undefined: there are none yet. */
  readonly refresh: () => Promise<Pick<RefreshResult, 'tables'> | undefined>;
  /** Loads what changed into the warehouse. @returns changed rows by table; undefined: there is no warehouse */
  readonly loadWarehouse?: (() => Promise<Readonly<Record<string, number>> | undefined>) | undefined;
  /** Before a place is searched. */
  readonly onProgress?: ((place: string) => void) | undefined;
}

/** Rounds, each of which finds what executions wrote during the one before. */
const MAX_ROUNDS = 4;

/** Objects written so long before a round can have appeared in it: clocks differ. */
const CLOCK_DIFFERENCE_MS = 60_000;

/**
 * What is known of a person who is being forgotten. It is kept until that is done, so that a run after an interrupted one knows what
 * was already removed, and gives rows the same other values.
 */
const pendingSchema = z.object({
  user: z.string(),
  salt: z.string(),
  orders: z.array(z.string()),
  visitors: z.array(z.string()),
  quoted: z.array(z.string()),
});
type Pending = z.infer<typeof pendingSchema>;

/** Columns of marts whose rows name a person. */
const PERSON_COLUMNS: ReadonlySet<string> = new Set([
  USER_COLUMN,
  VISITOR_COLUMN,
  'session_id',
  'session_key',
]);

const NOT_REACHED: readonly string[] = [
  'files and events that arrive after this run; messages in queues and streams',
  'copies made outside Daybook: downloads, emails of rejected files, dashboards, backups of the warehouse',
  'backups of the DynamoDB tables: 35 days',
  'results of queries in athena/: 7 days',
  'rows that a killed load of Redshift left in warehouse/: 1 day',
  'logs of functions and tasks, and the executions that Step Functions shows: their own retention',
];

/**
 * Removes a person from the files of the bucket, the tables of the lake, the ledger, DynamoDB and the warehouse. Rows of orders and
 * events stay without the person, so that everything counts as before, unless `recount`; then, and the row of the
 * customer in any case, they are removed.
 *
 * Each table changes in one commit, with the same check for concurrent writers as in stage. Interrupted at any point, a repetition
 * completes it and ends the same. Marts, DynamoDB and the warehouse are brought up to date as after an execution, so they equal
 * a computation from scratch. Nothing remembers who was forgotten: rows that arrive later are those of a new customer.
 *
 * @throws as `rewriteRows`, `refresh` and `loadWarehouse`, and errors of the bucket; a retry is safe
 */
export async function forget(
  { user, dryRun = false, recount = false }: ForgetRequest,
  deps: ForgetDeps,
): Promise<ForgetReceipt> {
  const { lake, catalog, rules, onProgress } = deps;
  const started = lake.clock();
  const tables = personTables(catalog);
  const pending = await startOrResume(lake, user);
  const isPseudonymized = tables.some(({ columns }) => columns.user?.pseudonymize);
  const pseudonym = isPseudonymized ? (await rules.pseudonym())(user) : undefined;
  const person: GrowingPerson = {
    user,
    pseudonym,
    orders: new Set(pending.orders),
    visitors: new Set(pending.visitors),
  };
  const quoted = new Set(pending.quoted);
  const names = new Set([user].filter(isDistinctive));
  const notes = new Notes(deps.retention, lake.clock);
  const work: ObjectWork = {
    lake,
    catalog,
    tables,
    rules,
    person,
    dryRun,
    names,
    quoted,
    onProgress,
    ...notes.take,
  };
  let since = new Date(0);
  for (let round = 1; ; round++) {
    const foundBefore = notes.places.length;
    const roundStarted = lake.clock();
    await findPerson(lake, tables, person);
    const files = await findAllFiles(work, since);
    for (const visitor of person.visitors) if (isDistinctive(visitor)) names.add(visitor);
    if (!dryRun) await savePending(lake, pending, person, quoted);
    await forgetResults(work, tables);
    await forgetReasons(deps.ledger, sayings(names, quoted), dryRun, work.found);
    for (const table of tables) {
      onProgress?.(table.spec.location);
      const { rows, stay } = dryRun
        ? { rows: await countRows(lake, person, table, !recount), stay: !recount && !table.columns.isRemoved }
        : await forgetRows(lake, person, table, pending.salt, !recount);
      work.found(table.spec.location, stay ? 'rows changed' : 'rows removed', rows);
    }
    if (dryRun) for (const { object, rows } of files) work.found(object.key, 'rows removed', rows);
    else await removeFromFiles(work, files);
    const isDone = dryRun || notes.places.length === foundBefore;
    if (isDone) break;
    if (round === MAX_ROUNDS) {
      work.left({ key: ARCHIVE, reason: 'executions keep writing rows of the person: run this again' });
      break;
    }
    since = new Date(roundStarted.getTime() - CLOCK_DIFFERENCE_MS);
  }
  await findWaiting(work);
  if (!dryRun) {
    await updateServing(deps, work);
    work.replaced(pending.key, lake.clock());
  }
  for (const spec of tablesWithPerson(catalog, tables)) {
    if (!dryRun) await checkpoint(lake, spec);
    notes.retained.push(...(await retainedOf(lake, spec, notes.until)));
  }
  const receipt: ForgetReceipt = {
    started_at: started.toISOString(),
    finished_at: lake.clock().toISOString(),
    dry_run: dryRun,
    recount,
    places: notes.places,
    retained: notes.retained,
    left: notes.leftObjects,
    not_reached: NOT_REACHED,
  };
  if (!dryRun) {
    await putJson(lake.bucket, forgetResultKey(started), receipt);
    await lake.bucket.delete(pending.key);
  }
  return receipt;
}

/** A file can name orders and visitors by which rows in others are found. */
async function findAllFiles(work: ObjectWork, since: Date): Promise<FileWithRows[]> {
  const size = () => work.person.orders.size + work.person.visitors.size;
  for (;;) {
    const known = size();
    const files = await findFiles(work, since);
    if (size() === known) return files;
  }
}

/** A short number is a value like many others: reasons that have it need not quote the person. */
const isDistinctive = (name: string): boolean => !/^\d{1,5}$/.test(name);

/** The forgetting of this person that was interrupted, or a new one; that of a dry run is not kept. */
async function startOrResume(lake: Lake, user: string): Promise<Pending & { readonly key: string }> {
  for await (const { key } of lake.bucket.list(PENDING_FORGETTINGS)) {
    const pending = await getMatchingJson(lake.bucket, key, pendingSchema);
    if (pending?.user === user) return { ...pending, key };
  }
  const key = `${PENDING_FORGETTINGS}${randomUUID()}.json`;
  return { key, user, salt: newSalt(), orders: [], visitors: [], quoted: [] };
}

async function savePending(
  lake: Lake,
  { key, ...pending }: Pending & { readonly key: string },
  { orders, visitors }: GrowingPerson,
  quoted: ReadonlySet<string>,
): Promise<void> {
  const known: Pending = { ...pending, orders: [...orders], visitors: [...visitors], quoted: [...quoted] };
  await putJson(lake.bucket, key, known);
}

async function updateServing(deps: ForgetDeps, { found, onProgress }: ObjectWork): Promise<void> {
  onProgress?.('marts');
  for (const { table, written, deleted } of (await deps.refresh())?.tables ?? []) {
    found(`DynamoDB ${table}`, 'items written', written);
    found(`DynamoDB ${table}`, 'items removed', deleted);
  }
  onProgress?.('warehouse');
  for (const [table, rows] of Object.entries((await deps.loadWarehouse?.()) ?? {}))
    found(`warehouse ${table}`, 'rows changed', rows);
}

/** The tables of the lake that have rows of persons. */
function tablesWithPerson(catalog: Catalog, tables: readonly PersonTable[]): TableSpec[] {
  const marts = catalog.marts.filter(({ columns }) => columns.some(({ name }) => PERSON_COLUMNS.has(name)));
  return [...tables.map(({ spec }) => spec), ...marts.map(({ name }) => catalog.martTable(name))];
}

/** What the receipt will say. */
class Notes {
  readonly places: ForgottenPlace[] = [];
  readonly retained: RetainedPlace[] = [];
  readonly leftObjects: LeftObject[] = [];
  readonly until: Until;

  constructor(
    private readonly retention: Retention,
    private readonly clock: () => Date,
  ) {
    const { fileDays, logDays } = retention;
    this.until = { files: this.goneBy(clock(), fileDays + 1), log: this.goneBy(clock(), logDays + 1) };
  }

  /** Functions to note with. */
  readonly take = {
    found: (place: string, change: PlaceChange, count: number): void => {
      if (count > 0) this.places.push({ place, change, count });
    },
    left: (object: LeftObject): void => {
      if (!this.leftObjects.some(({ key }) => key === object.key)) this.leftObjects.push(object);
    },
    replaced: (key: string, at: Date): void => {
      const { oldVersionDays } = this.retention;
      const until = this.goneBy(at, 0);
      const isGone = until !== null && Date.parse(until) < this.clock().getTime();
      if (oldVersionDays !== 0 && !isGone) this.retained.push({ place: key, what: 'old version', until });
    },
  };

  /** The day by which what is deleted so many days after a time is gone, with its old version. Retentions end within a day. */
  private goneBy(at: Date, days: number): string | null {
    const { oldVersionDays } = this.retention;
    if (oldVersionDays === null) return null;
    const kept = days + (oldVersionDays === 0 ? 0 : oldVersionDays + 1);
    return new Date(at.getTime() + kept * DAY_MS).toISOString().slice(0, 10);
  }
}
