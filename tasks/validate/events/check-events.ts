import path from 'node:path';
import { pseudonymizes } from '../../../domain/contract';
import { eventContracts } from '../../../domain/events/event-files';
import { EventContractError, eventNormalizer } from '../../../domain/events/normalize';
import { withoutValue } from '../../../domain/row-rules';
import type { DuckDb } from '../../../engine/duckdb/session';
import type { LocalFile } from '../../../formats/input-file';
import type { FileRules } from '../check-files';
import { RejectedRows } from '../rejected-rows';
import { TypedRows } from '../typed-rows';
import { invalid, type KindRows, type Verdict } from '../verdict';
import { writeRows } from '../write-rows';
import { readEvents } from './read-events';

/**
 * Normalises the events of files to rows of events and of their items. A bad event is a rejected row; no share of them rejects the
 * file: a file has the events of many senders in the order of their arrival, none of whom can upload it again, and one with a fault
 * must not hold up the others. A fault of the file is in its verdict; only other errors throw.
 *
 * Memory does not grow with the files. Doing it again gives the same rows.
 *
 * @param directory for the Parquet files of the good rows of all valid files, one for each kind that has any
 * @returns one verdict per file, in the order of the files
 */
export async function checkEvents(
  files: readonly LocalFile[],
  rules: FileRules,
  db: DuckDb,
  directory: string,
): Promise<Verdict[]> {
  const contracts = eventContracts(rules.contracts);
  if (!contracts) throw new EventContractError('no contract makes rows of events');
  const { events, items } = contracts;
  const hidesValues = pseudonymizes(events) || pseudonymizes(items);
  const pseudonym = hidesValues ? await rules.pseudonym() : undefined;
  const normalize = eventNormalizer({
    events,
    items,
    settings: rules.values,
    ...(pseudonym && { pseudonym }),
  });
  const eventRows = await TypedRows.open(db, events.columns.length, 'event_rows');
  const itemRows = await TypedRows.open(db, items.columns.length, 'event_item_rows');
  try {
    const checked: CheckedFile[] = [];
    for (const [number, file] of files.entries()) {
      const bad = new RejectedRows(`${file.path}.rows.csv`);
      const rows = { events: 0, items: 0 };
      try {
        const fault = await readEvents(file, events, rules, async (lines) => {
          for (const { line, raw, event } of lines) {
            const found = 'fault' in event ? { ok: false as const, faults: [event.fault] } : normalize(event);
            if (found.ok) {
              eventRows.add(number, found.event.values, line, { extra: found.event.extra });
              for (const { values, extra } of found.items) itemRows.add(number, values, line, { extra });
              rows.events += 1;
              rows.items += found.items.length;
            } else if (hidesValues) bad.add(line, found.faults.map(withoutValue), '');
            else bad.add(line, found.faults, raw.toString());
          }
          await bad.flush();
        });
        const rejected = { badRows: bad.rows, ...(bad.rows > 0 && { rejectedRowsPath: bad.path }) };
        checked.push({ file, number, rows, rejected, ...(fault && { fault }) });
      } finally {
        await bad.close();
      }
    }
    const write = async (kind: 'events' | 'items', typed: TypedRows): Promise<string | undefined> => {
      const good = checked.filter(({ fault, rows }) => !fault && rows[kind] > 0);
      if (good.length === 0) return undefined;
      typed.flush();
      const rowsPath = path.join(directory, `${contracts[kind].kind}.parquet`);
      const sources = good.map(({ file, number }) => ({ file: number, origin: file }));
      await writeRows(db, contracts[kind], sources, { canonical: [], typed: typed.table }, rowsPath);
      return rowsPath;
    };
    const paths = { events: await write('events', eventRows), items: await write('items', itemRows) };
    return checked.map(({ fault, rows, rejected }) => {
      if (fault) return invalid(fault, { kind: events.kind, ...rejected });
      const rowsOf = (kind: 'events' | 'items'): KindRows => {
        const rowsPath = rows[kind] > 0 ? paths[kind] : undefined;
        const counts = { rows: rows[kind], leftOut: 0, deleted: 0 };
        return { kind: contracts[kind].kind, ...counts, ...(rowsPath && { rowsPath }) };
      };
      return {
        outcome: 'valid',
        kind: events.kind,
        reader: 'events',
        rows: rows.events + rows.items,
        deletedRows: 0,
        leftOutRows: 0,
        extraColumns: [],
        missingColumns: [],
        mapped: [rowsOf('events'), rowsOf('items')],
        ...rejected,
      };
    });
  } finally {
    await eventRows.close();
    await itemRows.close();
  }
}

interface CheckedFile {
  readonly file: LocalFile;
  /** Its number in the tables. */
  readonly number: number;
  readonly rows: { readonly events: number; readonly items: number };
  readonly rejected: { readonly badRows: number; readonly rejectedRowsPath?: string };
  readonly fault?: Parameters<typeof invalid>[0];
}
