import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { CommitView, TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { formatBytes, formatCount } from '../shared/format';
import { Empty, Failure, Loading } from '../shared/states';
import { CommitCard } from './commit-card';
import { operationOf } from './operation';
import { commitsQuery } from './queries';

const change = (sign: string, value: number | null) =>
  value === null ? '' : value === 0 ? '0' : `${sign}${formatCount(value)}`;

/** Not sortable, because only some versions are loaded. */
const COLUMNS: readonly Column<CommitView>[] = [
  {
    id: 'version',
    sortable: false,
    header: 'Version',
    value: ({ version }) => version,
    numeric: true,
    width: 0.8,
  },
  {
    id: 'at',
    sortable: false,
    header: 'Time',
    value: ({ at }) => at,
    cell: ({ at }) => <Time at={at} />,
    width: 2.2,
  },
  { id: 'operation', sortable: false, header: 'Operation', value: operationOf, width: 1.2 },
  {
    id: 'inserted',
    sortable: false,
    header: 'Inserted',
    value: ({ inserted }) => inserted,
    cell: ({ inserted }) => change('+', inserted),
    numeric: true,
  },
  {
    id: 'updated',
    sortable: false,
    header: 'Updated',
    value: ({ updated }) => updated,
    cell: ({ updated }) => change('', updated),
    numeric: true,
  },
  {
    id: 'deleted',
    sortable: false,
    header: 'Deleted',
    value: ({ deleted }) => deleted,
    cell: ({ deleted }) => change('−', deleted),
    numeric: true,
    wideOnly: true,
  },
  {
    id: 'files',
    sortable: false,
    header: 'Files',
    value: ({ files_added }) => files_added,
    cell: ({ files_added, files_removed }) => `+${formatCount(files_added)} −${formatCount(files_removed)}`,
    numeric: true,
    wideOnly: true,
  },
  {
    id: 'bytes',
    sortable: false,
    header: 'Written',
    value: ({ bytes_added }) => bytes_added,
    cell: ({ bytes_added }) => formatBytes(bytes_added),
    numeric: true,
    wideOnly: true,
  },
];

/** A table's commits, loaded on scrolling; the selected one is shown below. */
export function CommitsTab({ table }: { readonly table: TableSummary }) {
  const commits = useInfiniteQuery(commitsQuery(table.name, table.version));
  const [search, setSearch] = useSearchParams();
  const version = search.get('version');
  if (!commits.data) {
    return commits.error ? (
      <Failure error={commits.error} retry={() => void commits.refetch()} />
    ) : (
      <Loading what="versions" />
    );
  }
  const rows = commits.data.pages.flatMap((page) => page.commits);
  const oldest = commits.data.pages.at(-1)?.oldest ?? null;
  if (rows.length === 0) return <Empty title="The log has no entries" />;
  return (
    <>
      <DataTable
        label={`Versions of ${table.name}`}
        columns={COLUMNS}
        rows={rows}
        rowId={(commit) => String(commit.version)}
        onOpen={(commit) => setSearch({ tab: 'versions', version: String(commit.version) })}
        selected={version ?? undefined}
        height={420}
        onEnd={() => {
          if (commits.hasNextPage && !commits.isFetching) void commits.fetchNextPage();
        }}
      />
      <p className="note muted small">
        {commits.isFetchingNextPage
          ? 'Loading older versions…'
          : commits.hasNextPage
            ? `The newest ${formatCount(rows.length)} versions; scroll for older ones.`
            : oldest === 0
              ? 'These are all versions.'
              : 'Maintenance deleted older log entries.'}
        {commits.error && ` Older versions could not be loaded: ${commits.error.message}`}
      </p>
      {version !== null && /^\d+$/.test(version) ? (
        <CommitCard table={table} version={Number(version)} />
      ) : (
        <p className="note muted">Choose a version to see the files it added and removed.</p>
      )}
    </>
  );
}
