import { useQuery } from '@tanstack/react-query';
import { Link, Route, Switch } from 'wouter';
import { Navigation } from './navigation';
import { PAGES } from './pages';
import { aboutQuery } from './shared/about';
import { ApiError } from './shared/api';
import { Empty, Failure } from './shared/states';

export function App() {
  const about = useQuery(aboutQuery);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Navigation />
      <main id="main" tabIndex={-1}>
        {about.error instanceof ApiError && about.error.status === 401 ? (
          <Failure error={about.error} />
        ) : (
          <Switch>
            {PAGES.map(({ path, page: { Page } }) => (
              <Route key={path} path={path} nest={path !== '/'}>
                <Page />
              </Route>
            ))}
            <Route>
              <Empty title="Page not found">
                <Link href="/">Home</Link>
              </Empty>
            </Route>
          </Switch>
        )}
      </main>
    </div>
  );
}
