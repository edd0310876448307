import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, Route, Switch } from 'wouter';
import { Navigation } from './navigation';
import { PAGES } from './pages';
import { aboutQuery } from './shared/about';
import { ApiError } from './shared/api';
import { Empty, Failure, Loading } from './shared/states';

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
          <Suspense fallback={<Loading what="page" />}>
            <Switch>
              {PAGES.map(({ path, page: PageOfPath }) => (
                <Route key={path} path={path} nest={path !== '/'}>
                  <PageOfPath />
                </Route>
              ))}
              <Route>
                <Empty title="Page not found">
                  <Link href="/">Home</Link>
                </Empty>
              </Route>
            </Switch>
          </Suspense>
        )}
      </main>
    </div>
  );
}
