import { type ReactNode, useEffect } from 'react';

interface Titled {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with heading, actions and content. */
export function Page({ title, actions, children }: Titled) {
  useEffect(() => {
    document.title = `${title} – Daybook`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        <div className="row">{actions}</div>
      </header>
      {children}
    </>
  );
}

/** A part of a page with its own heading. */
export function Card({ title, actions, children }: Titled) {
  return (
    <section className="card" aria-label={title}>
      <header className="card-head">
        <h2>{title}</h2>
        <div className="row">{actions}</div>
      </header>
      {children}
    </section>
  );
}

/** A name and its value in a `<dl className="fact-list">`, or `fact-row`. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
