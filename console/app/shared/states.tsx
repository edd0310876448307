import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from './api';

/** Nothing to show, with the reason and the next step. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="state" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what}…
    </div>
  );
}

/** An error message with a retry button. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <div className="state state-failure" role="alert">
      <p className="state-title">
        {error instanceof ApiError && error.status === 401 ? 'No access' : 'Request failed'}
      </p>
      <p>{error.message}</p>
      {error instanceof ApiError && error.status === 401 ? (
        <p className="muted">
          Open the URL that <code>daybook local</code> or <code>daybook console</code> printed, or run{' '}
          <code>daybook open</code>.
        </p>
      ) : (
        retry && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )
      )}
    </div>
  );
}

/** The data of a query, its loading state, or its error. Existing data stays visible while it is reloaded. */
export function Fetched<Data>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<Data, Error>;
  /** Plural, as in "Loading executions…". */
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}) {
  const { data, error, refetch } = query;
  if (data === undefined) {
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading what={what} />;
  }
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {children(data)}
    </>
  );
}
