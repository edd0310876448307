import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { plural } from '../../../domain/plural';
import type { ListedExecution, ReportLine } from '../../api/executions';
import { FirstRun } from '../first-run/first-run';
import { Time } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { formatCount } from '../shared/format';
import { Page } from '../shared/page';
import { Empty, Failure, Loading } from '../shared/states';
import { Badge, executionTone } from '../shared/status';
import { Duration } from './duration';
import { FilterBar } from './filter-bar';
import { readFilter } from './list-filter';
import { formatDollars } from './money';
import { OrchestrateButton } from './orchestrate-button';
import { reportQuery } from './report-loader';
import { statusWord } from './status-word';
import { type Executions, useExecutions } from './use-executions';

export function ExecutionList() {
  const [search] = useSearchParams();
  const filter = useMemo(() => readFilter(search), [search]);
  const executions = useExecutions(filter);
  return (
    <Page title="Executions" actions={<OrchestrateButton />}>
      <FilterBar filter={filter} />
      <Rows executions={executions} isFiltered={search.size > 0} />
    </Page>
  );
}

function Rows({ executions, isFiltered }: { readonly executions: Executions; readonly isFiltered: boolean }) {
  const { rows, isLoading, isFetching, isAll, error, retry, more } = executions;
  const [, navigate] = useLocation();
  const failure = error && <Failure error={error} retry={retry} />;
  if (isLoading) return failure ?? <Loading what="executions" />;
  if (rows.length === 0 && (isAll || !isFetching)) {
    return (
      <>
        {failure}
        {isFiltered ? (
          <Empty title="No matching executions">
            <Link href="~/executions">Show all executions</Link>
          </Empty>
        ) : (
          <>
            <FirstRun />
            <Empty title="No executions yet">
              Upload files to <code>input/</code>, here or on <Link href="~/files">the files page</Link>. The
              orchestrator runs every few minutes, or at once with the button above.
            </Empty>
          </>
        )}
      </>
    );
  }
  return (
    <>
      {failure}
      <DataTable
        label="Executions"
        columns={COLUMNS}
        rows={rows}
        rowId={({ name }) => name}
        onOpen={({ name }) => navigate(`/${encodeURIComponent(name)}`)}
        onEnd={more}
        height={620}
      />
      <p className="muted small" role="status">
        {foundText(executions)}
      </p>
    </>
  );
}

function foundText({ rows, searched, isAll, isFetching }: Executions): string {
  const found = plural(rows.length, 'execution', formatCount);
  const of = rows.length < searched ? `, of ${formatCount(searched)} searched` : '';
  if (isAll) return `${found}${of}; no more.`;
  return `${found}${of}${isFetching ? '; searching…' : '; scroll for more.'}`;
}

const COLUMNS: readonly Column<ListedExecution>[] = [
  {
    id: 'name',
    header: 'Name',
    value: ({ name }) => name,
    width: 2.5,
    cell: ({ name }) => (
      <Link
        href={`/${encodeURIComponent(name)}`}
        className="mono execution-name"
        onClick={(event) => event.stopPropagation()}
      >
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    width: 1.4,
    cell: ({ status }) => <Badge tone={executionTone(status)}>{statusWord(status)}</Badge>,
  },
  {
    id: 'started',
    header: 'Started',
    value: ({ started }) => started,
    width: 2.2,
    wideOnly: true,
    cell: ({ started }) => <Time at={started} />,
  },
  {
    id: 'duration',
    header: 'Duration',
    value: ({ started, ended }) => (ended === null ? undefined : Date.parse(ended) - Date.parse(started)),
    numeric: true,
    width: 0.8,
    cell: ({ started, ended }) => <Duration from={started} to={ended} />,
  },
  reportColumn('files', 'Files', 0.6, ({ files }) => (files === null ? '' : formatCount(files))),
  reportColumn('rows', 'Rows', 1.5, rowsText),
  reportColumn('cost', 'Cost', 1, ({ dollars }) => (dollars === null ? '' : formatDollars(dollars))),
];

function rowsText({ rows, bad_rows }: ReportLine): string {
  if (rows === null) return '';
  return bad_rows ? `${formatCount(rows)} + ${formatCount(bad_rows)} bad` : formatCount(rows);
}

/** Not part of the service's list: loaded for visible rows only, and not sortable. */
function reportColumn(
  id: string,
  header: string,
  width: number,
  text: (line: ReportLine) => string,
): Column<ListedExecution> {
  return {
    id,
    header,
    width,
    value: () => undefined,
    sortable: false,
    numeric: true,
    wideOnly: true,
    cell: (row) => <ReportCell row={row} text={text} />,
  };
}

function ReportCell({
  row,
  text,
}: {
  readonly row: ListedExecution;
  readonly text: (line: ReportLine) => string;
}) {
  const { data, isPending, isError } = useQuery(reportQuery(row));
  if (isPending) return <span className="muted">…</span>;
  if (isError) return <span className="muted">?</span>;
  return <>{data ? text(data) : ''}</>;
}
