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
  /** Called with the started replay. */
  readonly onStarted: (state: ReplayState) => void;
}

/** Reprocesses archived files, after showing how many there are. */
export function ReplayButton({ what, label, question, onStarted }: Props) {
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
      onConfirm={async () => onStarted(await postJson<ReplayState>('files/replays', { what }))}
    >
      <Fetched query={plan} what="archived files">
        {({ files }) => (
          <p>
            {files === 1 ? 'One file is' : `${formatCount(files)} files are`} copied back to input/ with the
            original upload time, so newer rows are not overwritten and rows that are already loaded do not
            change. A file is skipped if another upload is waiting under its key.
          </p>
        )}
      </Fetched>
    </ConfirmButton>
  );
}

/** The progress and result of a replay. */
export function ReplayProgress({ started }: { readonly started: ReplayState }) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['replay', started.id],
    queryFn: ({ signal }) => getJson<ReplayState>(`files/replays/${started.id}`, undefined, signal),
    initialData: started,
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
          {formatCount(done - left.length)} of {formatCount(files)} copied back to input/. The next execution
          processes {files === 1 ? 'it' : 'them'}.
        </p>
      )}
      {left.length > 0 && (
        <>
          <p>Skipped, because another upload is waiting under the key. Replay again after it is processed:</p>
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
