import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { DescribedExecution, Replayed, StopRequest } from '../../api/executions';
import { postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { executionPath } from './queries';

/** What can be done with an execution. */
export function ExecutionActions({ execution }: { readonly execution: DescribedExecution }) {
  if (execution.status === 'RUNNING') return <Stop name={execution.name} />;
  return execution.status === 'SUCCEEDED' ? <Replay name={execution.name} /> : null;
}

function Stop({ name }: { readonly name: string }) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const field = useId();
  const stop = async () => {
    const body: StopRequest = { reason: reason.trim() || 'stopped by hand' };
    await postJson(executionPath(name, 'stop'), body);
    await client.invalidateQueries({ queryKey: ['execution', name] });
  };
  return (
    <ConfirmButton label="Stop" danger question="Stop this execution?" onConfirm={stop}>
      <p>
        Its files are not lost: they are released at once, and come again in a later batch, a smaller one.
        Each stop is one of the five tries that a file has before it is a dead letter.
      </p>
      <p>What was written already stays, and counts once. A task under way finishes its commit first.</p>
      <label htmlFor={field}>Reason</label>
      <input
        id={field}
        className="wide"
        value={reason}
        maxLength={1000}
        placeholder="stopped by hand"
        onChange={({ target }) => setReason(target.value)}
      />
    </ConfirmButton>
  );
}

function Replay({ name }: { readonly name: string }) {
  const replay = useMutation({ mutationFn: () => postJson<Replayed>(executionPath(name, 'replay')) });
  const done = replay.data;
  return (
    <>
      <span role="status" className="small">
        {done &&
          `${done.replayed} put back${done.left > 0 ? `, ${done.left} left as a newer one waits` : ''}`}
      </span>
      <ConfirmButton
        label="Replay its files"
        question="Put the archived files of this execution through again?"
        onConfirm={() => replay.mutateAsync()}
      >
        <p>
          They are copied back into <code>input/</code> as old as they were: rows that came since stay the
          newest, and a file whose rows are all in changes nothing.
        </p>
      </ConfirmButton>
    </>
  );
}
