import './contracts.css';
import { Link, Route, Switch } from 'wouter';
import { Empty } from '../shared/states';
import { ContractListPage } from './contract-list';
import { ContractPage } from './contract-page';

export default function ContractsPage() {
  return (
    <Switch>
      <Route path="/">
        <ContractListPage />
      </Route>
      <Route path="/:name">{({ name }) => <ContractPage key={name} name={decodeURIComponent(name)} />}</Route>
      <Route>
        <Empty title="Page not found">
          <Link href="/">All contracts</Link>
        </Empty>
      </Route>
    </Switch>
  );
}
