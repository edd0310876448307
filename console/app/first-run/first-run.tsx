import './first-run.css';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { RemovedSample, SampleState } from '../../api/first-run';
import { getJson, postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Failure } from '../shared/states';

const sampleQuery = queryOptions({
  queryKey: ['first-run'],
  queryFn: ({ signal }) => getJson<SampleState>('first-run', undefined, signal),
  // A deployment with data of its own needs no steps any more.
  refetchInterval: ({ state: { data } }) => (data && !data.is_empty && !data.sample ? false : 3000),
});

/** Three steps for an empty deployment. As long as the sample is there, it can be removed. */
export function FirstRun() {
  const { data: state } = useQuery(sampleQuery);
  const [removed, setRemoved] = useState<RemovedSample>();
  if (!state || (!state.is_empty && !state.sample)) return null;
  return (
    <Card
      title="Start with a sample"
      actions={state.sample && <Remove state={state} onRemoved={setRemoved} />}
    >
      <p className="muted">
        {state.sample
          ? 'The numbers are those of a sample. Removing it leaves your own files and events as they are.'
          : 'Nothing was loaded yet. Upload your files, or look around with a generated shop; it can be removed again.'}
      </p>
      <ol className="first-run">
        <LoadStep {...state} />
        <EventsStep {...state} />
        <ExploreStep {...state} />
      </ol>
      <p role="status">
        {state.sample?.is_loading
          ? 'Loading… The next execution takes a moment.'
          : removed &&
            !state.sample &&
            `The sample was removed: ${formatCount(removed.rows)} rows, ${formatCount(removed.objects)} files.`}
      </p>
    </Card>
  );
}

function LoadStep({ sample }: SampleState) {
  const orders = sample?.orders ?? 0;
  return (
    <Step
      title="Load a sample shop"
      path="first-run/load"
      label="Load"
      done={orders > 0 ? `${formatCount(orders)} orders uploaded` : undefined}
    >
      Products, orders and items of the last two months, as three files below <code>input/sample/</code>.
    </Step>
  );
}

function EventsStep({ sample, has_entry_points }: SampleState) {
  const events = sample?.events ?? 0;
  if (!has_entry_points) return null;
  return (
    <Step
      title="Send sample events"
      path="first-run/events"
      label="Send"
      done={events > 0 ? `${formatCount(events)} events sent` : undefined}
    >
      Visits of the last hour, through the queue of events.
    </Step>
  );
}

const QUERY = `select status, count(*) as orders
from orders
group by all
order by orders desc`;

function ExploreStep({ sample }: SampleState) {
  return (
    <li>
      <strong>Explore</strong>
      <p className="muted small">
        {sample ? 'The numbers appear when the execution has succeeded.' : 'What you will see:'}
      </p>
      <div className="row">
        <Link href="~/kpis">KPIs</Link>
        <Link href="~/live">Live</Link>
        <Link href="~/funnel">Funnel</Link>
        <Link href={`~/lake/query?sql=${encodeURIComponent(QUERY)}`}>SQL</Link>
        <Link href="~/executions">Executions</Link>
      </div>
    </li>
  );
}

/** A step that is done with a button. */
function Step({
  title,
  path,
  label,
  done,
  children,
}: {
  readonly title: string;
  readonly path: string;
  readonly label: string;
  /** What was done; undefined before. */
  readonly done: string | undefined;
  readonly children: ReactNode;
}) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const client = useQueryClient();
  const act = async () => {
    setBusy(true);
    setError(undefined);
    try {
      client.setQueryData(sampleQuery.queryKey, await postJson<SampleState>(path));
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <li>
      <strong>{title}</strong>
      <p className="muted small">{children}</p>
      {done === undefined ? (
        <button
          type="button"
          className="primary"
          disabled={isBusy}
          aria-label={title}
          onClick={() => void act()}
        >
          {isBusy ? 'Working…' : label}
        </button>
      ) : (
        <span>✓ {done}</span>
      )}
      {error && <Failure error={error} />}
    </li>
  );
}

function Remove({
  state,
  onRemoved,
}: {
  readonly state: SampleState;
  readonly onRemoved: (removed: RemovedSample) => void;
}) {
  const client = useQueryClient();
  return (
    <ConfirmButton
      label="Remove the sample"
      question="Remove the sample?"
      danger
      disabled={state.sample?.is_loading ?? false}
      onConfirm={async () => {
        onRemoved(await postJson<RemovedSample>('first-run/remove'));
        await client.invalidateQueries();
      }}
    >
      <p>
        Its rows are removed from the lake, the marts, DynamoDB and the warehouse, and its files from the
        archive. What you loaded yourself stays.
      </p>
    </ConfirmButton>
  );
}
