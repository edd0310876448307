import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { headerDecides } from '../../../domain/upload-keys';
import { Time, useAbout } from '../shared/about';
import { FileText } from '../shared/file-text';
import { formatBytes, formatCount } from '../shared/format';
import { Badge, type Tone } from '../shared/status';
import { CheckView } from './check-view';
import { fileLink, shownKey } from './links';
import type { UploadItem, UploadState } from './upload-queue';
import { uploads, useUploads } from './uploads';

const STATES: Readonly<Record<UploadState, { readonly tone: Tone; readonly word: string }>> = {
  sending: { tone: 'busy', word: 'uploading' },
  checking: { tone: 'busy', word: 'checking' },
  unconfirmed: { tone: 'warn', word: 'needs confirmation' },
  failed: { tone: 'bad', word: 'failed' },
  invalid: { tone: 'bad', word: 'not uploaded' },
  done: { tone: 'good', word: 'uploaded' },
  cancelled: { tone: 'quiet', word: 'cancelled' },
  queued: { tone: 'quiet', word: 'queued' },
};

/** Items that need attention come first, because a long list is truncated. */
const ORDER = Object.keys(STATES) as UploadState[];
const SHOWN = 100;

/** The uploads of this tab and their progress. */
export function UploadList() {
  const items = useUploads();
  const client = useQueryClient();
  const done = items.filter(({ state }) => state === 'done').length;
  useEffect(() => {
    if (done > 0) void client.invalidateQueries({ queryKey: ['files'] });
  }, [done, client]);
  if (items.length === 0) return null;
  const idsOf = (...states: UploadState[]) =>
    items.filter(({ state }) => states.includes(state)).map(({ id }) => id);
  const pending = idsOf('checking', 'sending', 'queued');
  const replacing = items.filter(({ waiting }) => waiting).map(({ id }) => id);
  const failed = idsOf('failed');
  const shown = items.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)).slice(0, SHOWN);
  const counts = ORDER.flatMap((state) => {
    const { length } = idsOf(state);
    return length > 0 ? [`${formatCount(length)} ${STATES[state].word}`] : [];
  });
  return (
    <div className="uploads">
      <div className="row uploads-head">
        <span role="status">{counts.join(', ')}</span>
        <span className="row">
          {pending.length > 0 && (
            <button type="button" onClick={() => uploads.cancel(...pending)}>
              Cancel all
            </button>
          )}
          {replacing.length > 1 && (
            <button type="button" onClick={() => uploads.confirm(...replacing)}>
              Replace all {formatCount(replacing.length)}
            </button>
          )}
          {failed.length > 1 && (
            <button type="button" onClick={() => uploads.confirm(...failed)}>
              Try all {formatCount(failed.length)} again
            </button>
          )}
          {pending.length < items.length && (
            <button type="button" onClick={() => uploads.clear()}>
              Clear completed
            </button>
          )}
        </span>
      </div>
      <ul className="upload-list" aria-label="Uploads">
        {shown.map((item) => (
          <Upload key={item.id} item={item} />
        ))}
      </ul>
      {items.length > SHOWN && <p className="muted small">and {formatCount(items.length - SHOWN)} more</p>}
    </div>
  );
}

function Upload({ item }: { readonly item: UploadItem }) {
  const { id, key, size, state, progress, note, waiting, check } = item;
  const { tone, word } = STATES[state];
  const name = shownKey(key);
  // Only when shown, as files can be dropped before the kinds are here.
  const kinds = useAbout()?.kinds;
  const isNamed = state === 'queued' || state === 'done';
  const text = note ?? (kinds && isNamed ? headerDecides(key, kinds) : undefined);
  return (
    <li className="upload">
      <span className="upload-name">
        {state === 'done' ? (
          <Link href={fileLink(key)}>
            <FileText>{name}</FileText>
          </Link>
        ) : (
          <FileText>{name}</FileText>
        )}{' '}
        <span className="muted small">{formatBytes(size)}</span>
      </span>
      <span className="row">
        {state === 'sending' && (
          <progress value={progress} max={1} aria-label={`Upload of ${name}`}>
            {Math.round(progress * 100)} %
          </progress>
        )}
        <Badge tone={tone}>{word}</Badge>
        {state === 'unconfirmed' && (
          <button type="button" onClick={() => uploads.confirm(id)}>
            {waiting ? 'Replace' : 'Upload anyway'}
          </button>
        )}
        {(state === 'failed' || state === 'cancelled') && (
          <button type="button" onClick={() => uploads.confirm(id)}>
            Try again
          </button>
        )}
        {['queued', 'checking', 'sending', 'unconfirmed'].includes(state) && (
          <button
            type="button"
            onClick={() => uploads.cancel(id)}
            aria-label={`Cancel the upload of ${name}`}
          >
            Cancel
          </button>
        )}
      </span>
      {check && <CheckView check={check} />}
      {text && <p className="upload-note">{text}</p>}
      {waiting && (
        <p className="upload-note">
          A file of {formatBytes(waiting.size)}, uploaded <Time at={waiting.uploaded_at} />, is waiting under
          this key. If you replace it before an execution reads it, its rows are not loaded and its outcome is
          replaced.
        </p>
      )}
    </li>
  );
}
