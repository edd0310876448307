import { Route, Switch } from 'wouter';
import { ExecutionList } from './execution-list';
import './executions.css';
import { ExecutionView } from './execution-view';

export default function ExecutionsPage() {
  return (
    <div className="executions">
      <Switch>
        <Route path="/" component={ExecutionList} />
        <Route path="/:name">
          {({ name }) => <ExecutionView key={name} name={decodeURIComponent(name)} />}
        </Route>
      </Switch>
    </div>
  );
}
