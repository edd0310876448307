import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { GROUPS, isCurrent, pageOf } from './pages';
import { aboutQuery } from './shared/about';
import { useTheme } from './shared/theme';

/** The pages by group; on a narrow screen behind a button that names the current page. */
export function Navigation() {
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const about = useQuery(aboutQuery).data;
  const current = pageOf(location);
  return (
    <nav className="nav" aria-label="Pages">
      <div className="nav-head">
        <span className="brand">Daybook</span>
        <button
          type="button"
          className="nav-toggle"
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen(!isOpen)}
        >
          {current ? current.name : 'Pages'} <span aria-hidden="true">{isOpen ? '▴' : '▾'}</span>
        </button>
      </div>
      <div id="pages" className={isOpen ? 'nav-pages open' : 'nav-pages'}>
        {GROUPS.map(({ name, pages }) => (
          <section key={name} aria-label={name}>
            <span className="nav-group" aria-hidden="true">
              {name}
            </span>
            <ul>
              {pages.map((page) => (
                <li key={page.path}>
                  <Link
                    href={page.path}
                    aria-current={isCurrent(location, page) ? 'page' : undefined}
                    onClick={() => setOpen(false)}
                  >
                    {page.name}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
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
