import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { bytesColumn, countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { tablesQuery } from './queries';

const COLUMNS: readonly Column<TableSummary>[] = [
  { id: 'name', header: 'Table', value: ({ name }) => name, width: 1.3, minWidth: 130 },
  {
    id: 'location',
    header: 'Below',
    value: ({ location }) => location,
    cell: ({ location }) => <code>{location}/</code>,
    width: 2.1,
    wideOnly: true,
  },
  countColumn('rows', 'Rows', ({ rows }) => rows, { minWidth: 110 }, 'not known'),
  bytesColumn('bytes', 'Size', ({ bytes }) => bytes),
  countColumn('files', 'Files', ({ files }) => files, { width: 0.7, wideOnly: true }),
  countColumn('partitions', 'Partitions', ({ partitions }) => partitions, { width: 1.1, wideOnly: true }),
  countColumn('version', 'Version', ({ version }) => version, { wideOnly: true }),
  {
    id: 'changed',
    header: 'Last commit',
    value: ({ changed_at }) => changed_at,
    cell: ({ changed_at }) => <Time at={changed_at} />,
    width: 2.5,
    wideOnly: true,
  },
];

/** The tables that are there, each a row that leads to its own page. */
export function TablesPage() {
  const tables = useQuery(tablesQuery);
  const [, navigate] = useLocation();
  return (
    <Page title="Lake">
      <Fetched query={tables} what="tables">
        {({ tables: found, missing }) =>
          found.length === 0 ? (
            <Empty title="The lake has no tables yet">
              The first execution with a valid file makes them.{' '}
              <Link href="~/files">Drop files in to start one.</Link>
            </Empty>
          ) : (
            <>
              <p className="note muted">
                Delta tables in the bucket, as Spark, Athena and DuckDB read them too. Choose one for its
                versions, files and rows, or <Link href="/query">ask in SQL</Link>.
              </p>
              <DataTable
                label="Tables of the lake"
                columns={COLUMNS}
                rows={found}
                rowId={({ name }) => name}
                onOpen={({ name }) => navigate(`/tables/${name}`)}
              />
              {missing.length > 0 && (
                <p className="note muted small">
                  Not there yet, until a file for it comes: {missing.join(', ')}.
                </p>
              )}
            </>
          )
        }
      </Fetched>
    </Page>
  );
}
