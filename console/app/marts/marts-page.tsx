import { Route, Switch } from 'wouter';
import { MartListPage } from './mart-list';
import { MartPage } from './mart-page';
import './marts.css';

export default function MartsPage() {
  return (
    <Switch>
      <Route path="/">
        <MartListPage />
      </Route>
      <Route path="/:mart">{({ mart }) => <MartPage key={mart} name={decodeURIComponent(mart)} />}</Route>
    </Switch>
  );
}
