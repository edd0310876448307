import { quoteIdentifier } from '../engine/duckdb/quote';
import { columnList } from '../engine/duckdb/sql';
import { dataFilesOf, downloadFiles, readTable, scanDirectory } from './data-files';
import type { Lake } from './lake';
import type { Snapshot } from './replay';
import { columnsToRead, type TableSpec, visibleColumns } from './table-spec';

/**
 * Creates a temporary view of a snapshot's rows that are not deleted in `lake.db`, over files that it downloads to the work directory. A table that
 * does not exist gives an empty view. Columns that a file lacks, since it is older than they are, are null.
 *
 * @param view replaced if it exists
 * @param columns of the view; all visible columns of the table by default
 * @param paths the files to read; all live files by default
 * @throws MissingDataFileError if a data file was cleaned up since
 */
export async function scan(
  lake: Lake,
  snapshot: Snapshot | undefined,
  spec: TableSpec,
  view: string,
  columns: readonly string[] = visibleColumns(spec).map(({ name }) => name),
  paths?: readonly string[],
): Promise<void> {
  const wanted = paths && new Set(paths);
  const live = dataFilesOf(snapshot).filter(({ path }) => !wanted || wanted.has(path));
  const files = await downloadFiles(
    lake,
    spec.location,
    live,
    scanDirectory(lake),
    columnsToRead(spec, columns),
  );
  const rows = await readTable(lake, spec, files, columns);
  await lake.db.run(
    `create or replace temp view ${quoteIdentifier(view)} as select ${columnList(columns)} from ${rows}`,
  );
}
