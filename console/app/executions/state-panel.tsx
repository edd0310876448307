import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Run, readRun, type Visit } from '../../../domain/execution-history';
import { Time } from '../shared/about';
import { Card, Fact } from '../shared/page';
import { Fetched } from '../shared/states';
import { Badge } from '../shared/status';
import { Duration } from './duration';
import { JsonText } from './json-text';
import { LogPart } from './log-part';
import type { Machine } from './machine';
import { historyQuery } from './queries';
import { itemsText, STATUS_TONES, STATUS_WORDS } from './state-status';

interface Props {
  readonly execution: string;
  readonly machine: Machine;
  readonly run: Run;
  readonly name: string;
}

/** The details of one state in this execution. */
export function StatePanel({ execution, machine, run, name }: Props) {
  const state = machine.states.find((one) => one.name === name);
  const visits = run.states.get(name)?.visits ?? [];
  const [chosen, setChosen] = useState<number>();
  const position = Math.min(chosen ?? visits.length - 1, visits.length - 1);
  const visit = visits[position];
  return (
    <Card title={name}>
      <p className="muted">
        {state?.type}
        {state?.comment && `: ${state.comment}`}
      </p>
      {state && state.choices.length > 0 && (
        <ul className="choices">
          {state.choices.map(({ when, next }) => (
            <li key={`${when} ${next}`}>
              <code>{when}</code> → {next}
            </li>
          ))}
        </ul>
      )}
      {visits.length > 1 && (
        <label className="row">
          {visit?.item === null ? 'Visit' : 'Item'}
          <select value={position} onChange={({ target }) => setChosen(Number(target.value))}>
            {visits.map((one, n) => (
              <option key={one.entered + String(one.item)} value={n}>
                {one.item === null ? n + 1 : one.item + 1}: {STATUS_WORDS[one.status]}
              </option>
            ))}
          </select>
        </label>
      )}
      {visit ? (
        <VisitParts key={position} execution={execution} visit={visit} ended={run.ended} />
      ) : (
        <p>
          {run.ended !== null
            ? 'This execution did not enter this state.'
            : 'This execution has not entered this state yet.'}
        </p>
      )}
    </Card>
  );
}

function VisitParts({
  execution,
  visit,
  ended,
}: {
  readonly execution: string;
  readonly visit: Visit;
  readonly ended: string | null;
}) {
  const isOver = visit.status !== 'running';
  const nested = visit.attempts.at(-1)?.nested?.split(':').at(-1) ?? null;
  return (
    <>
      <dl className="fact-row">
        <Fact name="Status">
          <Badge tone={STATUS_TONES[visit.status]}>{STATUS_WORDS[visit.status]}</Badge>
        </Fact>
        <Fact name="Entered">
          <Time at={visit.entered} />
        </Fact>
        {(visit.exited !== null || !isOver) && (
          <Fact name="Duration">
            <Duration from={visit.entered} to={visit.exited} />
          </Fact>
        )}
        {visit.items && <Fact name="Items">{itemsText(visit.items)}</Fact>}
      </dl>
      {visit.error !== null && (
        <section className="error-part" aria-label="Error">
          <h3>
            Error {visit.status === 'succeeded' && '(retried)'} <code>{visit.error}</code>
          </h3>
          <JsonText text={visit.cause} label="Cause" />
        </section>
      )}
      {visit.attempts.length > 1 && <Attempts visit={visit} />}
      <Part title="Input" text={visit.input} />
      <Part title="Output" text={visit.output} />
      {nested !== null && <Engines execution={execution} run={nested} />}
      {nested === null && visit.attempts.length > 0 && (
        <LogPart execution={execution} state={visit.state} from={visit.entered} to={endOf(visit, ended)} />
      )}
    </>
  );
}

/** The nested execution of a step: the task's attempts on each engine, and their log. */
function Engines({ execution, run: name }: { readonly execution: string; readonly run: string }) {
  const history = useQuery(historyQuery(execution, name));
  const run = useMemo(() => readRun(history.data ?? []), [history.data]);
  return (
    <Fetched query={history} what="attempts">
      {() =>
        run.visits
          .filter(({ attempts }) => attempts.length > 0)
          .map((visit) => (
            <section key={visit.state} aria-label={visit.state}>
              <Attempts visit={visit} title={`Attempts: ${visit.state}`} />
              <LogPart
                execution={execution}
                run={name}
                state={visit.state}
                from={visit.entered}
                to={endOf(visit, run.ended)}
              />
            </section>
          ))
      }
    </Fetched>
  );
}

/** A stopped task first finishes its commit. */
const STOPPING_MS = 60_000;

/** The latest time of the visit's last log line; null while unknown. */
function endOf(visit: Visit, ended: string | null): string | null {
  if (visit.exited !== null || ended === null) return visit.exited;
  return new Date(Date.parse(ended) + (visit.status === 'stopped' ? STOPPING_MS : 0)).toISOString();
}

function Part({ title, text }: { readonly title: string; readonly text: string | null }) {
  return (
    <details open={text !== null && text.length < 3000}>
      <summary>{title}</summary>
      <JsonText text={text} label={title} />
    </details>
  );
}

function Attempts({
  visit: { attempts },
  title = 'Attempts',
}: {
  readonly visit: Visit;
  readonly title?: string;
}) {
  return (
    <section aria-label="Attempts">
      <h3>{title}</h3>
      <ol className="attempts">
        {attempts.map(({ started, ended, status, error, cause }) => (
          <li key={started}>
            <Badge tone={STATUS_TONES[status]}>{STATUS_WORDS[status]}</Badge>{' '}
            {(ended !== null || status === 'running') && <Duration from={started} to={ended} />}{' '}
            {error !== null && <code>{error}</code>}
            {cause !== null && <div className="muted small cause">{shortened(cause)}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}

const CAUSE_LENGTH = 300;

/** A function's cause is JSON with the message in it. */
function shortened(cause: string): string {
  let text = cause;
  try {
    const { errorMessage }: { errorMessage?: unknown } = JSON.parse(cause);
    if (typeof errorMessage === 'string') text = errorMessage;
  } catch {
    // Not JSON: shown as it is.
  }
  return text.length > CAUSE_LENGTH ? `${text.slice(0, CAUSE_LENGTH)}…` : text;
}
