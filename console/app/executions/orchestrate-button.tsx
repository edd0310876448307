import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { OrchestratorRun } from '../../api/executions';
import { postJson } from '../shared/api';

/** Why no execution was started. */
const REASONS: Readonly<Record<string, string>> = {
  running: 'An execution is running or has just been started. The next one starts when it ends.',
  empty: 'The queue is empty.',
  exists: 'An execution of this batch already exists. Its messages are back in the queue.',
  busy: 'The orchestrator is already running.',
};

/** Runs the orchestrator now, as its schedule does every few minutes. */
export function OrchestrateButton() {
  const client = useQueryClient();
  const orchestrate = useMutation({
    mutationFn: () => postJson<OrchestratorRun>('executions/orchestrate'),
    onSettled: () => client.invalidateQueries({ queryKey: ['executions', 'newest'] }),
  });
  return (
    <>
      <span role="status" className="small">
        {orchestrate.data && <Outcome answer={orchestrate.data} />}
        {orchestrate.error && <span className="bad">{orchestrate.error.message}</span>}
      </span>
      <button
        type="button"
        className="primary"
        disabled={orchestrate.isPending}
        onClick={() => orchestrate.mutate()}
      >
        {orchestrate.isPending ? 'Checking…' : 'Run orchestrator'}
      </button>
    </>
  );
}

function Outcome({ answer }: { readonly answer: OrchestratorRun }) {
  if (!answer.started) return <>{REASONS[answer.reason ?? ''] ?? 'No execution was started.'}</>;
  return (
    <>
      Started <Link href={`/${encodeURIComponent(answer.execution_id ?? '')}`}>{answer.execution_id}</Link>
    </>
  );
}
