import { quoteIdentifier } from '../engine/duckdb/session';
import { columnList } from '../engine/duckdb/sql';
import { downloadFiles, readTable, scanDirectory } from './data-files';
import type { Lake } from './lake';
import type { Snapshot } from './replay';
import { columnNames, type TableSpec } from './table-spec';

/**
 * Makes a snapshot's rows a temporary view of `lake.db`, over files downloaded into the work directory; both stay until
 * their owners remove them. A table that does not exist gives an empty view.
 *
 * @param view replaced where it exists
 * @param columns of the view, all of the table's where not given
 * @param paths the files to read, all that are live where not given
 * @throws MissingDataFileError where a data file was cleaned up since
 */
export async function scan(
  lake: Lake,
  snapshot: Snapshot | undefined,
  spec: TableSpec,
  view: string,
  columns: readonly string[] = columnNames(spec),
  paths?: readonly string[],
): Promise<void> {
  const wanted = paths && new Set(paths);
  const live = [...(snapshot?.files ?? [])]
    .filter(([path]) => !wanted || wanted.has(path))
    .map(([path, { partitionValues, size }]) => ({ path, partitionValues, size }));
  const files = await downloadFiles(lake, spec.location, live, scanDirectory(lake), columns);
  const rows = await readTable(lake, spec, files);
  await lake.db.run(
    `create or replace temp view ${quoteIdentifier(view)} as select ${columnList(columns)} from ${rows}`,
  );
}
