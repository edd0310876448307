import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { plural } from '../../../domain/plural';
import type { CommitDetail, DataFileView, TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { bytesColumn, countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { formatBytes, formatCount } from '../shared/format';
import { Card, Fact } from '../shared/page';
import { Fetched } from '../shared/states';
import { PATH_COLUMN } from './files-tab';
import { operationOf } from './operation';
import { partitionText } from './partition';
import { commitQuery } from './queries';

/** The details of a commit: execution, versions and files. */
export function CommitCard({ table, version }: { readonly table: TableSummary; readonly version: number }) {
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
  PATH_COLUMN,
  countColumn('rows', 'Rows', ({ rows }) => rows, { wideOnly: true }),
  bytesColumn('bytes', 'Size', ({ bytes }) => bytes, {}, 'unknown'),
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
      <dl className="fact-row">
        {execution !== null && (
          <Fact name="Execution">
            <Link href={`~/executions/${encodeURIComponent(execution)}`}>{execution}</Link>
          </Fact>
        )}
        <Fact name="Written by">{engine ?? 'unknown'}</Fact>
        {read_version !== null && <Fact name="Computed from">version {read_version}</Fact>}
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
            ? 'It changed no rows. It only records an application transaction.'
            : 'It did not add or remove files.'}
        </p>
      )}
    </>
  );
}

/** An application transaction; KPI tables record the staging versions they were computed from. */
function Txn({ app, version }: CommitDetail['txns'][number]) {
  const staging = /^daybook\/staging\/(\w+)$/.exec(app)?.[1];
  return (
    <Fact name={staging === undefined ? app : `From staging/${staging}`}>
      {staging === undefined ? (
        String(version)
      ) : (
        <Link href={`/tables/${staging}?version=${version}`}>version {version}</Link>
      )}
    </Fact>
  );
}

const sizeOf = (bytes: number | null) => (bytes === null || bytes === 0 ? '' : ` (${formatBytes(bytes)})`);

function summaryOf(commit: CommitDetail): string {
  const { inserted, updated, deleted, files_added, files_removed, bytes_added, bytes_removed } = commit;
  const rows = [
    inserted !== null && `${plural(inserted, 'row', formatCount)} inserted`,
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
