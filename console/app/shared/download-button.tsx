import { useState } from 'react';
import { download, type Query } from './api';

interface Props {
  readonly path: string;
  readonly fileName: string;
  readonly query?: Query;
  /** The text of the button. */
  readonly children: string;
}

/** Saves an answer of the server as a file; an error is shown beside the button. */
export function DownloadButton({ path, fileName, query, children }: Props) {
  const [error, setError] = useState('');
  const save = () => {
    setError('');
    download(path, fileName, query).catch((reason: Error) => setError(reason.message));
  };
  return (
    <>
      {error && (
        <span role="alert" className="error-text small">
          {error}
        </span>
      )}
      <button type="button" onClick={save}>
        {children}
      </button>
    </>
  );
}
