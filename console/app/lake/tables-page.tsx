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
    header: 'Location',
    value: ({ location }) => location,
    cell: ({ location }) => <code>{location}/</code>,
    width: 2.1,
    wideOnly: true,
  },
  countColumn('rows', 'Rows', ({ rows }) => rows, { minWidth: 110 }, 'unknown'),
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

/** The existing tables, with links to their pages. */
export function TablesPage() {
  const tables = useQuery(tablesQuery);
  const [, navigate] = useLocation();
  return (
    <Page title="Lake">
      <Fetched query={tables} what="tables">
        {({ tables: found, missing }) =>
          found.length === 0 ? (
            <Empty title="The lake has no tables yet">
              The first execution with a valid file creates them.{' '}
              <Link href="~/files">Upload files to start one.</Link>
            </Empty>
          ) : (
            <>
              <p className="note muted">
                Delta tables in the bucket, which Spark, Athena and DuckDB can also read. Choose one to see
                its versions, files and rows, or <Link href="/query">query them with SQL</Link>.
              </p>
              <DataTable
                label="Tables of the lake"
                columns={COLUMNS}
                rows={found}
                rowId={({ name }) => name}
                onOpen={({ name }) => navigate(`/tables/${name}`)}
              />
              {missing.length > 0 && (
                <p className="note muted small">Created by the first file for it: {missing.join(', ')}.</p>
              )}
            </>
          )
        }
      </Fetched>
    </Page>
  );
}
