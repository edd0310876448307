import './lake.css';
import { Link, Route, Switch, useLocation } from 'wouter';
import { Empty } from '../shared/states';
import { QueryPage } from './query-page';
import { TablePage } from './table-page';
import { TablesPage } from './tables-page';

export default function LakePage() {
  const [location] = useLocation();
  const isQuery = location.startsWith('/query');
  return (
    <>
      <nav className="tabs" aria-label="Lake">
        <Link href="/" aria-current={isQuery ? undefined : 'page'}>
          Tables
        </Link>
        <Link href="/query" aria-current={isQuery ? 'page' : undefined}>
          SQL
        </Link>
      </nav>
      <Switch>
        <Route path="/">
          <TablesPage />
        </Route>
        <Route path="/tables/:table">{({ table }) => <TablePage key={table} name={table} />}</Route>
        <Route path="/query">
          <QueryPage />
        </Route>
        <Route>
          <Empty title="Page not found">
            <Link href="/">All tables</Link>
          </Empty>
        </Route>
      </Switch>
    </>
  );
}
