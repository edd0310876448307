import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Look } from '../../api/executions';
import { postJson } from '../shared/api';

/** Why no execution was started, and what that means. */
const REASONS: Readonly<Record<string, string>> = {
  running: 'One is running already; the next starts when it ends.',
  empty: 'Nothing waits in the queue.',
  exists: 'There is an execution of this batch already; its messages wait again.',
  busy: 'The orchestrator is at it already.',
};

/** Has the orchestrator look at the queue now, as the clock does every few minutes. */
export function LookButton() {
  const client = useQueryClient();
  const look = useMutation({
    mutationFn: () => postJson<Look>('executions/look'),
    onSettled: () => client.invalidateQueries({ queryKey: ['executions', 'newest'] }),
  });
  return (
    <>
      <span role="status" className="small">
        {look.data && <Outcome look={look.data} />}
        {look.error && <span className="bad">{look.error.message}</span>}
      </span>
      <button type="button" className="primary" disabled={look.isPending} onClick={() => look.mutate()}>
        {look.isPending ? 'Looking…' : 'Look at the queue now'}
      </button>
    </>
  );
}

function Outcome({ look }: { readonly look: Look }) {
  if (!look.started) return <>{REASONS[look.reason ?? ''] ?? 'None was started.'}</>;
  return (
    <>
      Started <Link href={`/${encodeURIComponent(look.execution_id ?? '')}`}>{look.execution_id}</Link>
    </>
  );
}
