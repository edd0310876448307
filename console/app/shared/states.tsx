import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from './api';

/** Nothing to show: why, and what to do next. */
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

/** What went wrong in the server's words, and another try. */
export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  return (
    <div className="state state-failure" role="alert">
      <p className="state-title">
        {error instanceof ApiError && error.status === 401 ? 'No access' : 'That did not work'}
      </p>
      <p>{error.message}</p>
      {error instanceof ApiError && error.status === 401 ? (
        <p className="muted">
          Open the address that <code>daybook local</code> or <code>daybook console</code> printed last, or
          run <code>daybook open</code>.
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

/** What a query found; before, that it loads; where it failed, why. Data that is there stays while it is asked for again. */
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
