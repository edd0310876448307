import type { Catalog } from '../../catalog/catalog';
import { DELETED_COLUMN } from '../../domain/contract';
import type { Lake } from '../../lake/lake';
import type { Snapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { DeploymentError } from '../errors';
import { keyTable } from './key-table';
import type { Newest } from './mart-source';
import { type RowChange, rowCommits, rowsIn } from './row-commits';
import type { LineageRow, StagedRowLineage, StagedVersion } from './views';

/** Versions of a row that the log is searched for. */
const MAX_COMMITS = 20;

/**
 * A row below `staging/` with its versions and their places in files: all versions where the contract keeps a history, and otherwise
 * those that the table's log and data files still have.
 *
 * @param lake with a connection of its own, for temporary tables
 * @param key the values of the contract's key, as text
 * @throws DeploymentError for a table that does not exist yet, or a key that is not complete or not of its types; LakeError
 */
export async function readStagedRow(
  lake: Lake,
  catalog: Catalog,
  kind: string,
  key: Readonly<Record<string, string | undefined>>,
  newest: Newest,
): Promise<StagedRowLineage> {
  // With deleted rows, which are versions like others.
  const { deletedColumn: _, ...spec }: TableSpec = catalog.stagingTable(kind);
  const snapshot = await newest(spec.location);
  if (!snapshot) {
    throw new DeploymentError(
      `table ${kind} does not exist yet: the first execution with a file for it creates it`,
    );
  }
  const keys = await keyTable(lake, spec, spec.key, key);
  const [current] = await versionsIn(lake, spec, keys, snapshot);
  const changes = await rowCommits(lake, spec, keys, snapshot, MAX_COMMITS);
  const history = catalog.historyTable(kind);
  const kept = history && (await newest(history.location));
  const rows = kept
    ? await versionsIn(lake, { ...history, key: spec.key }, keys, kept)
    : versionsOf(current, changes);
  return {
    kind,
    location: spec.location,
    key: spec.key,
    columns: shownColumns(spec),
    versions: rows.map((row) => describe(row, current, changes)),
    from: kept ? 'history' : 'log',
  };
}

const shownColumns = (spec: TableSpec): string[] =>
  columnNames(spec).filter((name) => !name.startsWith('_') && !(name in spec.derived));

/** The versions of a row that a table has, the one that wins first. */
const versionsIn = (lake: Lake, spec: TableSpec, keys: string, { files }: Snapshot): Promise<LineageRow[]> =>
  rowsIn(lake, spec, keys, [...files.values()]);

/** The versions that commits replaced, after the present one. */
function versionsOf(current: LineageRow | undefined, changes: readonly RowChange[]): LineageRow[] {
  const rows = [...(current ? [current] : []), ...changes.flatMap(({ before, after }) => [after, before])];
  const seen = new Set<string>();
  return rows.filter((row) => {
    if (!row || seen.has(idOf(row))) return false;
    seen.add(idOf(row));
    return true;
  }) as LineageRow[];
}

/** Two versions from one place in a file differ if the rules changed in between. */
const idOf = (row: LineageRow): string => JSON.stringify(row);

const placeOf = (row: LineageRow | null | undefined): string =>
  JSON.stringify(row && [row._source_key, row._source_modified_at, row._source_line]);

function describe(
  row: LineageRow,
  current: LineageRow | undefined,
  changes: readonly RowChange[],
): StagedVersion {
  const commit =
    changes.find(({ after }) => after && idOf(after) === idOf(row)) ??
    changes.find(({ after }) => placeOf(after) === placeOf(row));
  const values = Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('_')));
  return {
    values,
    is_current: placeOf(row) === placeOf(current),
    is_deleted: row[DELETED_COLUMN] === 'true',
    source_key: row._source_key ?? '',
    uploaded_at: isoOf(row._source_modified_at ?? ''),
    line: typeof row._source_line === 'string' ? Number(row._source_line) : null,
    staged: commit ? { version: commit.version, execution: commit.execution, at: commit.at } : null,
  };
}

/** ISO 8601 from DuckDB's `2025-03-30 12:00:00.25+00`; the text itself if it is none. */
function isoOf(text: string): string {
  const instant = new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
  return Number.isNaN(instant.getTime()) ? text : instant.toISOString();
}
