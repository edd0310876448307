import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { ListedContract } from '../../api/contracts';
import { countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { Page } from '../shared/page';
import { Fetched } from '../shared/states';
import { CheckFile } from './check-file';
import { contractsQuery } from './queries';

const roleOf = ({ maps, is_events }: ListedContract): string => {
  if (maps.length > 0) return `source of ${maps.join(', ')}`;
  return is_events ? 'kind, from events' : 'kind';
};

const COLUMNS: readonly Column<ListedContract>[] = [
  { id: 'name', header: 'Contract', value: ({ name }) => name, width: 1.5, minWidth: 120 },
  { id: 'role', header: 'Type', value: roleOf, width: 1.6, minWidth: 90 },
  { id: 'key', header: 'Key', value: ({ key }) => key.join(', '), width: 1.5, wideOnly: true },
  {
    id: 'match',
    header: 'File names',
    value: ({ match }) => match.join(', '),
    cell: ({ match, is_events }) =>
      match.length > 0 ? (
        <code title={match.join(', ')}>{match.join(', ')}</code>
      ) : (
        <span className="muted">{is_events ? 'input/events/' : 'by the header'}</span>
      ),
    width: 1.6,
    minWidth: 100,
  },
  countColumn('columns', 'Columns', ({ columns }) => columns, { width: 0.8, wideOnly: true }),
  {
    id: 'hash',
    header: 'Hash',
    value: ({ hash }) => hash,
    cell: ({ hash }) => <code>{hash}</code>,
    width: 1.2,
    wideOnly: true,
  },
];

/** The contracts and sources, and a check of a file by them. */
export function ContractListPage() {
  const contracts = useQuery(contractsQuery);
  const [, navigate] = useLocation();
  return (
    <Page title="Contracts">
      <Fetched query={contracts} what="contracts">
        {({ contracts: found, hash }) => (
          <>
            <p className="contracts-note muted">
              A contract declares one kind of rows; a source maps other rows to kinds with SQL. Their files
              are CSV, NDJSON or Parquet, compressed or not. Hash of all: <code>{hash}</code>.
            </p>
            <DataTable
              label="Contracts"
              columns={COLUMNS}
              rows={found}
              rowId={({ name }) => name}
              onOpen={({ name }) => navigate(`/${encodeURIComponent(name)}`)}
            />
            <CheckFile contracts={found} />
          </>
        )}
      </Fetched>
    </Page>
  );
}
