import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import type { CommitDetail, CommitView, DataFileView, TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { formatBytes, formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Failure, Fetched, Loading } from '../shared/states';
import { partitionText } from './partition';
import { commitQuery, commitsQuery } from './queries';

const OPERATIONS: Readonly<Record<string, string>> = {
  MERGE: 'merge',
  OPTIMIZE: 'compaction',
};

const operationOf = ({ operation }: CommitView) =>
  operation === null ? 'not said' : (OPERATIONS[operation] ?? operation);

const change = (sign: string, value: number | null) =>
  value === null ? '' : value === 0 ? '0' : `${sign}${formatCount(value)}`;

/** Only some of the versions are here to be sorted. */
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

/** A table's commits, read as one scrolls; one opens below. */
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
  if (rows.length === 0) return <Empty title="The log has no entries left" />;
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
              : 'Older entries of the log were cleaned up by maintenance.'}
        {commits.error && ` Older versions could not be read: ${commits.error.message}`}
      </p>
      {version !== null && /^\d+$/.test(version) ? (
        <Commit table={table} version={Number(version)} />
      ) : (
        <p className="note muted">Choose a version to see the files it added and removed.</p>
      )}
    </>
  );
}

function Commit({ table, version }: { readonly table: TableSummary; readonly version: number }) {
  const commit = useQuery(commitQuery(table.name, version));
  return (
    <Card
      title={`Version ${version}`}
      actions={
        <>
          <Link href={`/tables/${table.name}?tab=rows&version=${version}`}>Rows at this version</Link>
          <Link href={`/tables/${table.name}?tab=files&version=${version}`}>Files at this version</Link>
        </>
      }
    >
      <Fetched query={commit} what="the commit">
        {(found) => <CommitParts commit={found} />}
      </Fetched>
    </Card>
  );
}

const FILES: readonly Column<Changed>[] = [
  { id: 'change', header: 'Change', value: ({ change: kind }) => kind, width: 0.7 },
  {
    id: 'partition',
    header: 'Partition',
    value: ({ partition }) => partitionText(partition),
    width: 1.4,
    minWidth: 150,
  },
  {
    id: 'path',
    header: 'File',
    value: ({ path }) => path,
    cell: ({ path }) => <span title={path}>{path.split('/').at(-1)}</span>,
    width: 2,
    wideOnly: true,
  },
  {
    id: 'rows',
    header: 'Rows',
    value: ({ rows }) => rows,
    cell: ({ rows }) => (rows === null ? '' : formatCount(rows)),
    numeric: true,
    wideOnly: true,
  },
  {
    id: 'bytes',
    header: 'Size',
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => (bytes === null ? 'not known' : formatBytes(bytes)),
    numeric: true,
  },
];

type Changed = DataFileView & { readonly change: 'added' | 'removed' };

function CommitParts({ commit }: { readonly commit: CommitDetail }) {
  const { execution, txns, engine, read_version, at, added, removed } = commit;
  const files: Changed[] = [
    ...added.map((file) => ({ ...file, change: 'added' as const })),
    ...removed.map((file) => ({ ...file, change: 'removed' as const })),
  ];
  return (
    <>
      <p className="note">
        {summaryOf(commit)} <Time at={at} />.
      </p>
      <dl className="facts">
        {execution !== null && (
          <div>
            <dt>Execution</dt>
            <dd>
              <Link href={`~/executions/${encodeURIComponent(execution)}`}>{execution}</Link>
            </dd>
          </div>
        )}
        <div>
          <dt>Written by</dt>
          <dd>{engine ?? 'not said'}</dd>
        </div>
        {read_version !== null && (
          <div>
            <dt>Computed from</dt>
            <dd>version {read_version}</dd>
          </div>
        )}
        {txns.map((txn) => (
          <Txn key={txn.app} {...txn} />
        ))}
      </dl>
      {files.length > 0 ? (
        <DataTable
          label={`Files of version ${commit.version}`}
          columns={FILES}
          rows={files}
          rowId={({ change: kind, path }) => `${kind} ${path}`}
          height={320}
        />
      ) : (
        <p className="note muted">
          {txns.length > 0
            ? 'It changed no rows: it only notes how far an application has come.'
            : 'It added and removed no files.'}
        </p>
      )}
    </>
  );
}

/** How far an application had come: of KPI tables, the versions of staging that they were computed from. */
function Txn({ app, version }: CommitDetail['txns'][number]) {
  const staging = /^daybook\/staging\/(\w+)$/.exec(app)?.[1];
  return (
    <div>
      <dt>{staging === undefined ? app : `Of staging/${staging}`}</dt>
      <dd>
        {staging === undefined ? (
          String(version)
        ) : (
          <Link href={`/tables/${staging}?version=${version}`}>version {version}</Link>
        )}
      </dd>
    </div>
  );
}

const sizeOf = (bytes: number | null) => (bytes === null || bytes === 0 ? '' : ` (${formatBytes(bytes)})`);

function summaryOf(commit: CommitDetail): string {
  const { inserted, updated, deleted, files_added, files_removed, bytes_added, bytes_removed } = commit;
  const rows = [
    inserted !== null && `${formatCount(inserted)} ${inserted === 1 ? 'row' : 'rows'} inserted`,
    updated !== null && `${formatCount(updated)} updated`,
    deleted !== null && `${formatCount(deleted)} deleted`,
  ].filter((part) => part !== false);
  const operation = operationOf(commit);
  return [
    `${operation.charAt(0).toUpperCase()}${operation.slice(1)}:`,
    rows.length > 0 ? `${rows.join(', ')};` : '',
    `${formatCount(files_added)} files added${sizeOf(bytes_added)},`,
    `${formatCount(files_removed)} removed${sizeOf(bytes_removed)};`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
