import { type OwnPage, ownPage } from './own-page';

export interface PageEntry {
  readonly path: string;
  readonly name: string;
  readonly page: OwnPage;
}

/** The groups of the navigation. Each page has its own bundle, so that the first view loads only what it needs. */
export const GROUPS: readonly { readonly name: string; readonly pages: readonly PageEntry[] }[] = [
  {
    name: 'Shop',
    pages: [
      { path: '/', name: 'Home', page: ownPage(() => import('./home/home-page')) },
      { path: '/live', name: 'Live', page: ownPage(() => import('./live/live-page')) },
      { path: '/kpis', name: 'KPIs', page: ownPage(() => import('./kpis/kpis-page')) },
      { path: '/customers', name: 'Customers', page: ownPage(() => import('./customers/customers-page')) },
      { path: '/products', name: 'Products', page: ownPage(() => import('./products/products-page')) },
      { path: '/inventory', name: 'Inventory', page: ownPage(() => import('./inventory/inventory-page')) },
      { path: '/traffic', name: 'Traffic', page: ownPage(() => import('./traffic/traffic-page')) },
      { path: '/funnel', name: 'Funnel', page: ownPage(() => import('./funnel/funnel-page')) },
      { path: '/sessions', name: 'Sessions', page: ownPage(() => import('./sessions/sessions-page')) },
    ],
  },
  {
    name: 'Data',
    pages: [
      { path: '/marts', name: 'Marts', page: ownPage(() => import('./marts/marts-page')) },
      { path: '/lake', name: 'Lake', page: ownPage(() => import('./lake/lake-page')) },
      { path: '/lineage', name: 'Lineage', page: ownPage(() => import('./lineage/lineage-page')) },
    ],
  },
  {
    name: 'Pipeline',
    pages: [
      { path: '/files', name: 'Files', page: ownPage(() => import('./files/files-page')) },
      {
        path: '/executions',
        name: 'Executions',
        page: ownPage(() => import('./executions/executions-page')),
      },
      { path: '/contracts', name: 'Contracts', page: ownPage(() => import('./contracts/contracts-page')) },
      { path: '/health', name: 'Health', page: ownPage(() => import('./health/health-page')) },
    ],
  },
];

export const PAGES = GROUPS.flatMap(({ pages }) => pages);

/** A page is current for its own address and those below it. */
export const isCurrent = (location: string, { path }: PageEntry): boolean =>
  location === path || location.startsWith(`${path}/`);

export const pageOf = (location: string): PageEntry | undefined =>
  PAGES.find((page) => isCurrent(location, page));
