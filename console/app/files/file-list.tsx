import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Outcome } from '../../../domain/ledger';
import type { FileCounts } from '../../api/files';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Failure, Fetched } from '../shared/states';
import { useCounts, useFileList } from './file-queries';
import { FileTable } from './file-table';
import { fileLink, LISTS, listLink, MEANINGS } from './links';
import { Redrive } from './redrive';

const TYPING_MS = 300;

/** All uploads, optionally of one outcome and with a text in the key. */
export function FileList({ status, q }: { readonly status: Outcome | undefined; readonly q: string }) {
  const counts = useCounts().data;
  const [, navigate] = useLocation();
  const { head, files, hasMore, isFetchingMore, searched, error, more } = useFileList(status, q);
  const name = LISTS.find((list) => list.status === status)?.name ?? 'All files';
  return (
    <Card title={name} actions={<Search status={status} q={q} />}>
      <Lists status={status} q={q} counts={counts} />
      {status && <p className="muted small hint">{MEANINGS[status]}</p>}
      {(counts?.dead_letter.count ?? 0) > 0 && (!status || status === 'dead_letter') && <Redrive />}
      <Fetched query={head} what="files">
        {() =>
          files.length > 0 ? (
            <FileTable
              label={name}
              files={files}
              withKey
              onOpen={({ key, upload }) => navigate(fileLink(key, upload))}
              onEnd={more}
            />
          ) : (
            <Nothing status={status} q={q} />
          )
        }
      </Fetched>
      {error && <Failure error={error} retry={more} />}
      <div className="row muted small" role="status">
        {files.length > 0 && <span>{formatCount(files.length)} shown, newest first</span>}
        {q !== '' && searched > files.length && <span>{formatCount(searched)} searched</span>}
        {hasMore && (
          <button type="button" disabled={isFetchingMore} onClick={more}>
            {isFetchingMore ? 'Loading…' : q === '' ? 'Show more' : 'Search more'}
          </button>
        )}
      </div>
    </Card>
  );
}

function Lists({
  status,
  q,
  counts,
}: {
  readonly status: Outcome | undefined;
  readonly q: string;
  readonly counts: FileCounts | undefined;
}) {
  const shown = LISTS.filter((list) => list.status !== 'gone' || status === 'gone' || counts?.gone.count);
  return (
    <nav className="row file-lists" aria-label="File lists">
      <Link href={listLink(undefined, q)} aria-current={status === undefined ? 'page' : undefined}>
        All
      </Link>
      {shown.map(({ status: one, name }) => (
        <Link key={one} href={listLink(one, q)} aria-current={status === one ? 'page' : undefined}>
          {name}{' '}
          {counts && (
            <span className="count">
              {formatCount(counts[one].count)}
              {counts[one].isMore ? '+' : ''}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** Searches after a pause in typing. */
function Search({ status, q }: { readonly status: Outcome | undefined; readonly q: string }) {
  const [text, setText] = useState(q);
  const [, navigate] = useLocation();
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => navigate(listLink(status, text), { replace: true }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, q, status, navigate]);
  return (
    <input
      type="search"
      aria-label="Search by key"
      placeholder="Search by key"
      value={text}
      onChange={(event) => setText(event.target.value)}
      spellCheck={false}
    />
  );
}

function Nothing({ status, q }: { readonly status: Outcome | undefined; readonly q: string }) {
  if (q !== '') return <Empty title="No key contains this text">Try a shorter text or another list.</Empty>;
  if (status === undefined) return <Empty title="No files yet">Drop CSV files on this page to start.</Empty>;
  return <Empty title="No files" />;
}
