import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { DescribedExecution, Replayed, StopRequest } from '../../api/executions';
import { postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { executionPath } from './queries';

/** The actions of an execution. */
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
        No files are lost. They return to the queue at once and are retried in a later, smaller batch. Each
        stop is one of the five attempts that a file has before it becomes a dead letter.
      </p>
      <p>Data that is already written stays and is counted once. A running task finishes its commit first.</p>
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
          `${done.replayed} re-queued${done.left > 0 ? `, ${done.left} skipped because a newer upload is waiting` : ''}`}
      </span>
      <ConfirmButton
        label="Reprocess files"
        question="Reprocess the archived files of this execution?"
        onConfirm={() => replay.mutateAsync()}
      >
        <p>
          They are copied back to <code>input/</code> with their original upload time. Newer rows stay, and a
          file whose rows are already loaded changes nothing.
        </p>
      </ConfirmButton>
    </>
  );
}
