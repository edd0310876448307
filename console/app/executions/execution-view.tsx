import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type Run, readRun } from '../../../domain/execution-history';
import type { DescribedExecution } from '../../api/executions';
import { Time } from '../shared/about';
import { formatCount } from '../shared/format';
import { Card, Fact, Page } from '../shared/page';
import { Fetched } from '../shared/states';
import { Badge, executionTone } from '../shared/status';
import { BatchFiles } from './batch-files';
import { Duration } from './duration';
import { EventTable } from './event-table';
import { ExecutionActions } from './execution-actions';
import { JsonText } from './json-text';
import { readMachine, withVisited } from './machine';
import { MachineGraph } from './machine-graph';
import { formatDollars } from './money';
import { definitionQuery, executionQuery, historyQuery } from './queries';
import { StatePanel } from './state-panel';
import { statusWord } from './status-word';

/** The page of one execution, live while it runs. */
export function ExecutionView({ name }: { readonly name: string }) {
  // Together, and before the page is drawn.
  usePrefetchQuery(executionQuery(name));
  usePrefetchQuery(definitionQuery(name));
  usePrefetchQuery(historyQuery(name));
  const query = useQuery(executionQuery(name));
  return (
    <Page title={name} actions={query.data && <ExecutionActions execution={query.data} />}>
      <p className="crumb">
        <Link href="~/executions">All executions</Link>
      </p>
      <Fetched query={query} what="the execution">
        {(execution) => (
          <>
            <Facts execution={execution} />
            <States name={name}>
              <BatchFiles execution={name} isRunning={execution.status === 'RUNNING'} />
            </States>
          </>
        )}
      </Fetched>
    </Page>
  );
}

function Facts({ execution }: { readonly execution: DescribedExecution }) {
  const { status, started, ended, error, cause, report } = execution;
  const counts = report?.counts ?? {};
  const files = counts.files ?? filesOf(execution);
  return (
    <Card title="Outcome">
      <dl className="fact-row">
        <Fact name="Status">
          <span role="status">
            <Badge tone={executionTone(status)}>{statusWord(status)}</Badge>
          </span>
        </Fact>
        <Fact name="Started">
          <Time at={started} />
        </Fact>
        <Fact name="Duration">
          <Duration from={started} to={ended} />
        </Fact>
        {files !== undefined && <Fact name="Files">{formatCount(files)}</Fact>}
        {counts.rows !== undefined && <Fact name="Rows">{formatCount(counts.rows)}</Fact>}
        {counts.bad_rows !== undefined && <Fact name="Bad rows">{formatCount(counts.bad_rows)}</Fact>}
        {counts.left_out_rows ? <Fact name="Left out">{formatCount(counts.left_out_rows)}</Fact> : null}
        {counts.deleted_rows ? (
          <Fact name="Rows that delete their key">{formatCount(counts.deleted_rows)}</Fact>
        ) : null}
        {counts.kpis_written !== undefined && (
          <Fact name="KPIs written">{formatCount(counts.kpis_written)}</Fact>
        )}
        {report?.cost && <Fact name="Cost at list price">{formatDollars(report.cost.dollars)}</Fact>}
      </dl>
      {report?.summary && <p>{report.summary}</p>}
      {(error ?? cause) !== null && (
        <section className="error-part" aria-label="Error">
          <h3>
            Error <code>{error}</code>
          </h3>
          <JsonText text={cause} label="Cause" />
        </section>
      )}
    </Card>
  );
}

/** As the orchestrator passed it at the start. */
function filesOf({ input }: DescribedExecution): number | undefined {
  const { files }: { files?: unknown } = JSON.parse(input ?? '{}') ?? {};
  return typeof files === 'number' ? files : undefined;
}

/** @param children between the graph and the events */
function States({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  const definition = useQuery(definitionQuery(name));
  const history = useQuery(historyQuery(name));
  const run = useMemo(() => readRun(history.data ?? []), [history.data]);
  const defined = useMemo(() => readMachine(definition.data), [definition.data]);
  const machine = useMemo(() => withVisited(defined, run), [defined, run]);
  const [search, setSearch] = useSearchParams();
  const selected = search.get('state') ?? initialState(run);
  const select = (state: string) => {
    search.set('state', state);
    setSearch(search, { replace: true });
  };
  return (
    <>
      <div className="states">
        <Card title="States">
          <Fetched query={definition} what="the state machine">
            {() => <MachineGraph machine={machine} run={run} selected={selected} onSelect={select} />}
          </Fetched>
        </Card>
        {selected !== null && (
          <StatePanel key={selected} execution={name} machine={machine} run={run} name={selected} />
        )}
      </div>
      {children}
      <Fetched query={history} what="events">
        {(events) => <EventTable events={events} run={run} />}
      </Fetched>
    </>
  );
}

/** The state to show by default: the first that failed, otherwise the running one, otherwise the last. */
function initialState(run: Run): string | null {
  const { visits } = run;
  const failed = visits.find(({ status }) => status === 'caught' || status === 'failed');
  const running = visits.findLast(({ status }) => status === 'running');
  return (failed ?? running ?? visits.at(-1))?.state ?? null;
}
