import { Link, Route, Switch } from 'wouter';
import { Empty } from '../shared/states';
import { sessionKeyOf } from './session-link';
import { SessionList } from './session-list';
import { SessionPage } from './session-page';
import './sessions.css';

export default function SessionsPage() {
  return (
    <Switch>
      <Route path="/" component={SessionList} />
      <Route path="/:key">
        {({ key: part }) => {
          const key = sessionKeyOf(part);
          return key === undefined ? (
            <Empty title="Page not found">
              <Link href="/">All sessions</Link>
            </Empty>
          ) : (
            <SessionPage key={key} sessionKey={key} />
          );
        }}
      </Route>
    </Switch>
  );
}
