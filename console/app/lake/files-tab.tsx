import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { DataFileView, PartitionView, TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { formatBytes, formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { partitionText } from './partition';
import { filesQuery } from './queries';
import { useVersion, VersionPicker } from './version-picker';

const countOf = (rows: number | null) => (rows === null ? 'not known' : formatCount(rows));

const PARTITIONS: readonly Column<PartitionView>[] = [
  {
    id: 'partition',
    header: 'Partition',
    value: ({ values }) => partitionText(values),
    width: 2,
    minWidth: 165,
  },
  { id: 'rows', header: 'Rows', value: ({ rows }) => rows, cell: ({ rows }) => countOf(rows), numeric: true },
  {
    id: 'files',
    header: 'Files',
    value: ({ files }) => files,
    cell: ({ files }) => formatCount(files),
    numeric: true,
    wideOnly: true,
  },
  {
    id: 'bytes',
    header: 'Size',
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    numeric: true,
  },
];

const FILES: readonly Column<DataFileView>[] = [
  {
    id: 'partition',
    header: 'Partition',
    value: ({ partition }) => partitionText(partition),
    width: 1.5,
    minWidth: 165,
  },
  {
    id: 'path',
    header: 'File',
    value: ({ path }) => path,
    cell: ({ path }) => <span title={path}>{path.split('/').at(-1)}</span>,
    width: 2,
    wideOnly: true,
  },
  { id: 'rows', header: 'Rows', value: ({ rows }) => rows, cell: ({ rows }) => countOf(rows), numeric: true },
  {
    id: 'bytes',
    header: 'Size',
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => (bytes === null ? 'not known' : formatBytes(bytes)),
    numeric: true,
  },
  {
    id: 'written',
    header: 'Written',
    value: ({ written_at }) => written_at,
    cell: ({ written_at }) => <Time at={written_at} />,
    width: 1.7,
    wideOnly: true,
  },
];

/** A table's partitions and data files at a version; each leads to its rows. */
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
            <Empty title="This version has no files">Its table had no rows then.</Empty>
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
              <p className="note muted small">Choose a partition or a file to see rows of it.</p>
            </>
          )
        }
      </Fetched>
    </>
  );
}
