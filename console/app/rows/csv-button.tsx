import { useState } from 'react';
import { download, type Query } from '../shared/api';

interface Props {
  /** Below `/api/`. */
  readonly path: string;
  readonly fileName: string;
  readonly query: Query;
}

/** Downloads all chosen rows, not only those of the page. */
export function CsvButton({ path, fileName, query }: Props) {
  const [state, setState] = useState<'ready' | 'running' | { readonly error: string }>('ready');
  const save = () => {
    setState('running');
    download(path, fileName, query).then(
      () => setState('ready'),
      (error: Error) => setState({ error: error.message }),
    );
  };
  return (
    <>
      {typeof state === 'object' && (
        <span role="alert" className="rows-error small">
          {state.error}
        </span>
      )}
      <button type="button" disabled={state === 'running'} onClick={save}>
        {state === 'running' ? 'Downloading…' : 'Download as CSV'}
      </button>
    </>
  );
}
