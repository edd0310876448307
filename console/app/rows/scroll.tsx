import type { ReactNode } from 'react';
import './rows.css';

/** A part that scrolls sideways, also by keyboard, where it is wider than the page. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: allows scrolling by keyboard
    <section className="rows-scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
