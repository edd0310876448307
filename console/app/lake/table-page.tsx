import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import type { TableSummary } from '../../api/lake';
import { Time } from '../shared/about';
import { formatBytes, formatCount } from '../shared/format';
import { Card, Fact, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { CommitsTab } from './commits-tab';
import { FilesTab } from './files-tab';
import { tablesQuery } from './queries';
import { RowsTab } from './rows-tab';

const TABS = [
  { id: 'versions', name: 'Versions' },
  { id: 'files', name: 'Partitions and files' },
  { id: 'rows', name: 'Rows' },
  { id: 'columns', name: 'Columns' },
] as const;

/** One table: its versions, and its files, partitions and rows at each version. */
export function TablePage({ name }: { readonly name: string }) {
  const tables = useQuery(tablesQuery);
  return (
    <Page title={name} actions={<Link href="/">All tables</Link>}>
      <Fetched query={tables} what="the table">
        {({ tables: found }) => {
          const table = found.find((one) => one.name === name);
          return table ? (
            <TableParts table={table} />
          ) : (
            <Empty title="This table does not exist, or not yet">
              <Link href="/">All tables</Link>
            </Empty>
          );
        }}
      </Fetched>
    </Page>
  );
}

function TableParts({ table }: { readonly table: TableSummary }) {
  const [search] = useSearchParams();
  const tab = TABS.find(({ id }) => id === search.get('tab'))?.id ?? 'versions';
  const hrefOf = (id: string) => {
    const version = search.get('version');
    return `/tables/${table.name}?${new URLSearchParams({ tab: id, ...(version !== null && { version }) })}`;
  };
  return (
    <>
      <Facts table={table} />
      <nav className="tabs" aria-label="Table">
        {TABS.map(({ id, name }) => (
          <Link key={id} href={hrefOf(id)} aria-current={tab === id ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      {tab === 'versions' && <CommitsTab table={table} />}
      {tab === 'files' && <FilesTab table={table} />}
      {tab === 'rows' && <RowsTab table={table} />}
      {tab === 'columns' && <Columns table={table} />}
    </>
  );
}

function Facts({ table }: { readonly table: TableSummary }) {
  const { location, version, rows, files, bytes, partitions, changed_at } = table;
  return (
    <dl className="fact-row">
      <Fact name="Rows">{rows === null ? 'unknown' : formatCount(rows)}</Fact>
      <Fact name="Size">{formatBytes(bytes)}</Fact>
      <Fact name="Files">{formatCount(files)}</Fact>
      <Fact name="Partitions">{formatCount(partitions)}</Fact>
      <Fact name="Version">{formatCount(version)}</Fact>
      <Fact name="Last commit">
        <Time at={changed_at} />
      </Fact>
      <Fact name="Location">
        <code>{location}/</code>
      </Fact>
    </dl>
  );
}

function Columns({ table: { columns, key, partition_columns } }: { readonly table: TableSummary }) {
  return (
    <Card title="Columns">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Role</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ name, type }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>{type}</td>
              <td className="muted">
                {[
                  key.includes(name) && 'key',
                  partition_columns.includes(name) && 'partition',
                  name.startsWith('_source') && 'origin of the row',
                ]
                  .filter(Boolean)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
