import type { ReactNode } from 'react';

/** Dimmed while it shows the days chosen before, until the new ones are loaded. */
export function Part({ isStale, children }: { readonly isStale: boolean; readonly children: ReactNode }) {
  return (
    <div className={`kpi-part ${isStale ? 'kpi-stale' : ''}`} aria-busy={isStale}>
      {children}
    </div>
  );
}
