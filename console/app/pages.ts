import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface PageEntry {
  readonly path: string;
  readonly name: string;
  readonly page: LazyExoticComponent<ComponentType>;
}

/** The groups of the navigation. Each page has its own bundle, so that the first view loads only what it needs. */
export const GROUPS: readonly { readonly name: string; readonly pages: readonly PageEntry[] }[] = [
  {
    name: 'Shop',
    pages: [
      { path: '/', name: 'Home', page: lazy(() => import('./home/home-page')) },
      { path: '/live', name: 'Live', page: lazy(() => import('./live/live-page')) },
      { path: '/kpis', name: 'KPIs', page: lazy(() => import('./kpis/kpis-page')) },
      { path: '/customers', name: 'Customers', page: lazy(() => import('./customers/customers-page')) },
      { path: '/products', name: 'Products', page: lazy(() => import('./products/products-page')) },
      { path: '/inventory', name: 'Inventory', page: lazy(() => import('./inventory/inventory-page')) },
      { path: '/traffic', name: 'Traffic', page: lazy(() => import('./traffic/traffic-page')) },
      { path: '/funnel', name: 'Funnel', page: lazy(() => import('./funnel/funnel-page')) },
      { path: '/sessions', name: 'Sessions', page: lazy(() => import('./sessions/sessions-page')) },
    ],
  },
  {
    name: 'Data',
    pages: [
      { path: '/marts', name: 'Marts', page: lazy(() => import('./marts/marts-page')) },
      { path: '/lake', name: 'Lake', page: lazy(() => import('./lake/lake-page')) },
      { path: '/lineage', name: 'Lineage', page: lazy(() => import('./lineage/lineage-page')) },
    ],
  },
  {
    name: 'Pipeline',
    pages: [
      { path: '/files', name: 'Files', page: lazy(() => import('./files/files-page')) },
      { path: '/executions', name: 'Executions', page: lazy(() => import('./executions/executions-page')) },
      { path: '/contracts', name: 'Contracts', page: lazy(() => import('./contracts/contracts-page')) },
      { path: '/health', name: 'Health', page: lazy(() => import('./health/health-page')) },
    ],
  },
];

export const PAGES = GROUPS.flatMap(({ pages }) => pages);
