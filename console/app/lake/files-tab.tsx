import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { DataFileView, PartitionView, TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { bytesColumn, countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { partitionText } from './partition';
import { filesQuery } from './queries';
import { useVersion, VersionPicker } from './version-picker';

const PARTITIONS: readonly Column<PartitionView>[] = [
  {
    id: 'partition',
    header: 'Partition',
    value: ({ values }) => partitionText(values),
    width: 2,
    minWidth: 165,
  },
  countColumn('rows', 'Rows', ({ rows }) => rows, {}, 'unknown'),
  countColumn('files', 'Files', ({ files }) => files, { wideOnly: true }),
  bytesColumn('bytes', 'Size', ({ bytes }) => bytes),
];

/** The name of a data file, with its path as a tooltip. */
export const PATH_COLUMN: Column<DataFileView> = {
  id: 'path',
  header: 'File',
  value: ({ path }) => path,
  cell: ({ path }) => <span title={path}>{path.split('/').at(-1)}</span>,
  width: 2,
  wideOnly: true,
};

const FILES: readonly Column<DataFileView>[] = [
  {
    id: 'partition',
    header: 'Partition',
    value: ({ partition }) => partitionText(partition),
    width: 1.5,
    minWidth: 165,
  },
  PATH_COLUMN,
  countColumn('rows', 'Rows', ({ rows }) => rows, {}, 'unknown'),
  bytesColumn('bytes', 'Size', ({ bytes }) => bytes, {}, 'unknown'),
  {
    id: 'written',
    header: 'Written',
    value: ({ written_at }) => written_at,
    cell: ({ written_at }) => <Time at={written_at} />,
    width: 1.7,
    wideOnly: true,
  },
];

/** A table's partitions and data files at a version, with links to their rows. */
export function FilesTab({ table }: { readonly table: TableSummary }) {
  const [version] = useVersion(table.version);
  const files = useQuery(filesQuery(table.name, version));
  const [, setSearch] = useSearchParams();
  const show = (choice: Record<string, string>) =>
    setSearch({ tab: 'rows', version: String(version), ...choice });
  return (
    <>
      <VersionPicker newest={table.version} />
      <Fetched query={files} what="files">
        {({ partitions, files: found }) =>
          found.length === 0 ? (
            <Empty title="No files">The table was empty at this version.</Empty>
          ) : (
            <>
              <Card title={`${formatCount(partitions.length)} partitions`}>
                <DataTable
                  label={`Partitions of ${table.name}`}
                  columns={PARTITIONS}
                  rows={partitions}
                  rowId={({ values }) => JSON.stringify(values)}
                  onOpen={({ values }) => show({ partition: JSON.stringify(values) })}
                  height={300}
                />
              </Card>
              <Card title={`${formatCount(found.length)} files`}>
                <DataTable
                  label={`Files of ${table.name}`}
                  columns={FILES}
                  rows={found}
                  rowId={({ path }) => path}
                  onOpen={({ path }) => show({ file: path })}
                  initialSort={{ id: 'bytes', desc: true }}
                />
              </Card>
              <p className="note muted small">Choose a partition or a file to see its rows.</p>
            </>
          )
        }
      </Fetched>
    </>
  );
}
