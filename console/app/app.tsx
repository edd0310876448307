import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { aboutQuery } from './shared/about';
import { ApiError } from './shared/api';
import { Empty, Failure, Loading } from './shared/states';
import { useTheme } from './shared/theme';

/** Each page has its own bundle, so that the first view loads only what it needs. */
const PAGES = [
  { path: '/executions', name: 'Executions', page: lazy(() => import('./executions/executions-page')) },
  { path: '/kpis', name: 'KPIs', page: lazy(() => import('./kpis/kpis-page')) },
  { path: '/files', name: 'Files', page: lazy(() => import('./files/files-page')) },
  { path: '/lake', name: 'Lake', page: lazy(() => import('./lake/lake-page')) },
  { path: '/health', name: 'Health', page: lazy(() => import('./health/health-page')) },
];

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
              <Route path="/">
                <Redirect to="/executions" replace />
              </Route>
              {PAGES.map(({ path, page: PageOfPath }) => (
                <Route key={path} path={path} nest>
                  <PageOfPath />
                </Route>
              ))}
              <Route>
                <Empty title="Page not found">
                  <Link href="/executions">Executions</Link>
                </Empty>
              </Route>
            </Switch>
          </Suspense>
        )}
      </main>
    </div>
  );
}

function Navigation() {
  const [location] = useLocation();
  const about = useQuery(aboutQuery).data;
  return (
    <nav className="nav" aria-label="Pages">
      <span className="brand">Daybook</span>
      <ul>
        {PAGES.map(({ path, name }) => (
          <li key={path}>
            <Link href={path} aria-current={location.startsWith(path) ? 'page' : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
      <div className="nav-foot">
        {about && <Where>{about.isLocal ? 'this computer' : `${about.account} ${about.region}`}</Where>}
        {about && <Where>{`Time zone ${about.timeZone}`}</Where>}
        <ThemeButton />
      </div>
    </nav>
  );
}

function Where({ children }: { readonly children: ReactNode }) {
  return <span className="muted small">{children}</span>;
}

function ThemeButton() {
  const [theme, choose] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="small" onClick={() => choose(other)}>
      {other === 'dark' ? 'Dark' : 'Light'} theme
    </button>
  );
}
