import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ReplayPlan, ReplayState } from '../../api/files';
import { getJson, postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Failure, Fetched } from '../shared/states';
import { shownKey } from './links';

interface Props {
  /** An execution, or a key below `archive/`. */
  readonly what: string;
  readonly label: string;
  readonly question: string;
  /** Called with what was begun. */
  readonly onBegun: (state: ReplayState) => void;
}

/** Puts archived files through again, once it is known how many there are. */
export function ReplayButton({ what, label, question, onBegun }: Props) {
  const [isAsked, setAsked] = useState(false);
  const plan = useQuery({
    queryKey: ['replay-plan', what],
    queryFn: ({ signal }) => getJson<ReplayPlan>('files/replays/plan', { what }, signal),
    enabled: isAsked,
    staleTime: 0,
  });
  return (
    <ConfirmButton
      label={label}
      question={question}
      onOpen={() => setAsked(true)}
      onConfirm={async () => onBegun(await postJson<ReplayState>('files/replays', { what }))}
    >
      <Fetched query={plan} what="archived files">
        {({ files }) => (
          <p>
            {files === 1 ? 'One file is' : `${formatCount(files)} files are`} copied back into input/, and
            keep the time of the first upload: rows that came since stay the newest, and what is in the tables
            already changes nothing. A key under which another upload waits is left alone.
          </p>
        )}
      </Fetched>
    </ConfirmButton>
  );
}

/** How far a replay has come, and what came of it. */
export function ReplayProgress({ begun }: { readonly begun: ReplayState }) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['replay', begun.id],
    queryFn: ({ signal }) => getJson<ReplayState>(`files/replays/${begun.id}`, undefined, signal),
    initialData: begun,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 500 : false),
    retry: false,
  });
  const { files, done, left, status, error } = query.data;
  useEffect(() => {
    if (status === 'done') void client.invalidateQueries({ queryKey: ['files'] });
  }, [status, client]);
  return (
    <div className="notice" role="status">
      {query.error && <Failure error={query.error} />}
      {status === 'running' && (
        <p>
          <progress value={done} max={files} aria-label="Files replayed" /> {formatCount(done)} of{' '}
          {formatCount(files)} copied back
        </p>
      )}
      {status === 'done' && (
        <p>
          {formatCount(done - left.length)} of {formatCount(files)} copied back into input/; the next
          execution takes {files === 1 ? 'it' : 'them'} up.
        </p>
      )}
      {left.length > 0 && (
        <>
          <p>Left alone, as another upload waits under the key. Replay again once that one is through:</p>
          <ul>
            {left.map((key) => (
              <li key={key}>
                <FileText>{shownKey(key)}</FileText>
              </li>
            ))}
          </ul>
        </>
      )}
      {status === 'failed' && (
        <Failure
          error={
            new Error(`${error ?? 'no reason given'} (${formatCount(done)} of ${formatCount(files)} done)`)
          }
        />
      )}
    </div>
  );
}
