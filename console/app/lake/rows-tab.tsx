import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { Cell, RowsPreview, TableSummary } from '../../api/lake';
import { lineageLink } from '../lineage/address';
import { formatCount } from '../shared/format';
import { Empty, Fetched } from '../shared/states';
import { CellTable } from './cell-table';
import { parsePartition, partitionText } from './partition';
import { rowsQuery } from './queries';
import { useVersion, VersionPicker } from './version-picker';

/** Rows of a table at a version. */
export function RowsTab({ table }: { readonly table: TableSummary }) {
  const [version] = useVersion(table.version);
  const [search, setSearch] = useSearchParams();
  const partition = parsePartition(search.get('partition'));
  const file = search.get('file') ?? undefined;
  const rows = useQuery(rowsQuery(table.name, version, { partition, file }));
  // Of other versions, the present row can be another one.
  const hasLineage = version === table.version && !table.name.endsWith('_history');
  const isChosen = partition !== undefined || file !== undefined;
  return (
    <>
      <VersionPicker newest={table.version} />
      {isChosen && (
        <div className="row">
          <span className="chosen">
            {file === undefined ? `Partition ${partitionText(partition ?? {})}` : `File ${file}`}
          </span>
          <button type="button" onClick={() => setSearch({ tab: 'rows', version: String(version) })}>
            Show all
          </button>
        </div>
      )}
      <Fetched query={rows} what="rows">
        {(found) =>
          found.rows.length === 0 ? (
            <Empty title="No rows">This version has no rows{isChosen && ' here'}.</Empty>
          ) : (
            <>
              <p className="note muted">
                {extentOf(found, table)}
                {hasLineage && ' A row leads to where its values come from.'}
              </p>
              <CellTable
                label={`Rows of ${table.name} at version ${version}`}
                columns={found.columns}
                rows={found.rows}
                {...(hasLineage && { linkOf: (cells) => linkOf(table, found, cells) })}
              />
            </>
          )
        }
      </Fetched>
    </>
  );
}

/** The lineage of a row below `staging/`, or of a mart. */
function linkOf(
  { name, location, key }: TableSummary,
  { columns }: RowsPreview,
  cells: readonly Cell[],
): string | undefined {
  const row = Object.fromEntries(
    columns.map((column, at) => [column.name, cells[at] === null ? null : String(cells[at])]),
  );
  return lineageLink(location.startsWith('staging/') ? { table: location } : { mart: name }, key, row);
}

function extentOf({ rows, rows_in_all, files_read, files }: RowsPreview, { key }: TableSummary): string {
  const by = `ordered by ${key.join(', ')}`;
  if (rows_in_all === rows.length) return `All ${formatCount(rows.length)} rows, ${by}.`;
  const all = rows_in_all === null ? '' : ` of ${formatCount(rows_in_all)}`;
  const from =
    files_read < files ? `, from the ${formatCount(files_read)} smallest of ${formatCount(files)} files` : '';
  return `${formatCount(rows.length)}${all} rows, ${by}${from}.`;
}
