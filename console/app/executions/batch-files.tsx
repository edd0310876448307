import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ExecutionFile } from '../../api/executions';
import { bytesColumn, countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { Card } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { Badge, outcomeTone } from '../shared/status';
import { filesQuery } from './queries';

/** The files of the batch with their outcomes. */
export function BatchFiles({
  execution,
  isRunning,
}: {
  readonly execution: string;
  readonly isRunning: boolean;
}) {
  const query = useQuery(filesQuery(execution, isRunning));
  return (
    <Card title="Files">
      <Fetched query={query} what="files">
        {(files) =>
          files.length === 0 ? (
            <Empty title="No files are known">
              The execution was started without a batch, or its manifest has expired (after 90 days).{' '}
              <Link href="~/files">All files</Link> are in the ledger.
            </Empty>
          ) : (
            <DataTable
              label="Files"
              columns={columnsFor(execution, files)}
              rows={files}
              rowId={({ key }) => key}
              height={360}
            />
          )
        }
      </Fetched>
    </Card>
  );
}

/** Includes a column for later executions of the same files, if any. */
function columnsFor(name: string, files: readonly ExecutionFile[]): readonly Column<ExecutionFile>[] {
  const isElsewhere = ({ execution }: ExecutionFile) => execution !== null && execution !== name;
  if (!files.some(isElsewhere)) return COLUMNS;
  const elsewhere: Column<ExecutionFile> = {
    id: 'execution',
    header: 'In a later execution',
    value: (file) => (isElsewhere(file) ? file.execution : undefined),
    cell: (file) =>
      isElsewhere(file) && (
        <Link href={`/${encodeURIComponent(file.execution ?? '')}`} className="mono">
          {file.execution}
        </Link>
      ),
    width: 2,
    wideOnly: true,
  };
  return [...COLUMNS.slice(0, 2), elsewhere, ...COLUMNS.slice(2)];
}

const COLUMNS: readonly Column<ExecutionFile>[] = [
  {
    id: 'key',
    header: 'File',
    value: ({ key }) => key,
    width: 2,
    cell: ({ key }) => (
      <Link href={`~/files?key=${encodeURIComponent(key)}`} title={key}>
        <bdi>{key.replace(/^input\//, '')}</bdi>
      </Link>
    ),
  },
  {
    id: 'outcome',
    header: 'Status',
    value: outcomeOf,
    width: 1.3,
    cell: (file) => <Badge tone={outcomeTone(outcomeOf(file))}>{outcomeOf(file).replace('_', ' ')}</Badge>,
  },
  { id: 'kind', header: 'Kind', value: ({ kind }) => kind, wideOnly: true },
  bytesColumn('size', 'Size', ({ size }) => size, { width: 0.8, wideOnly: true }),
  countColumn('rows', 'Rows', ({ rows }) => rows, { width: 0.8 }),
  countColumn('bad', 'Bad', ({ bad_rows }) => bad_rows, { width: 0.8, wideOnly: true }),
  {
    id: 'reason',
    header: 'Reason',
    value: ({ reason }) => reason,
    cell: ({ reason }) => <span title={reason ?? undefined}>{reason}</span>,
    width: 2,
    wideOnly: true,
  },
];

/** The outcome in the ledger, or else the validation result. */
function outcomeOf({ outcome, found }: ExecutionFile): string {
  return outcome ?? found;
}
