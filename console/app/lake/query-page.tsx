import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { plural } from '../../../domain/plural';
import type { QueryAnswer, QueryHelp } from '../../api/lake';
import { ApiError, saveAs } from '../shared/api';
import { formatBytes, formatCount } from '../shared/format';
import { Card, Page } from '../shared/page';
import { Empty, Failure, Fetched } from '../shared/states';
import { CellTable } from './cell-table';
import { toCsv } from './cells';
import { EXAMPLES } from './examples';
import { helpQuery } from './queries';
import { faultOf, placeOf } from './sql-fault';
import { isRunning, type QueryRun, useQueryRun } from './use-query-run';

/** Choices of the timeout. */
const SECONDS = [1, 10, 30, 120, 600];
const DEFAULT_SECONDS = 30;

const secondsOf = (text: string | null): number =>
  SECONDS.find((seconds) => String(seconds) === text) ?? DEFAULT_SECONDS;

/** Longer queries are not stored in the URL. */
const MAX_LINK_LENGTH = 4000;

/** Runs one SELECT over the tables of the lake and shows the result. */
export function QueryPage() {
  const help = useQuery(helpQuery);
  const [search, setSearch] = useSearchParams();
  const [sql, setSql] = useState(search.get('sql') ?? EXAMPLES[0]?.sql ?? '');
  const { run, start, stop } = useQueryRun();
  const box = useRef<HTMLTextAreaElement>(null);
  const seconds = secondsOf(search.get('seconds'));
  const submit = () => {
    if (sql.trim() === '') return;
    const kept = new URLSearchParams();
    if (sql.length <= MAX_LINK_LENGTH) kept.set('sql', sql);
    if (seconds !== DEFAULT_SECONDS) kept.set('seconds', String(seconds));
    setSearch(kept, { replace: true });
    void start({ sql, seconds });
  };
  const select = (offset: number) => {
    box.current?.focus();
    box.current?.setSelectionRange(offset, offset + 1);
  };
  return (
    <Page title="SQL over the lake">
      <div className="query">
        <div className="query-box">
          <form
            className="query-box"
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <label htmlFor="sql" className="muted">
              One <code>select</code> in DuckDB SQL over the current tables. Ctrl+Enter runs it.
            </label>
            <textarea
              id="sql"
              ref={box}
              value={sql}
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
              onChange={({ target }) => setSql(target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                submit();
              }}
            />
            <div className="row">
              <button type="submit" className="primary" disabled={isRunning(run) || sql.trim() === ''}>
                Run
              </button>
              <button type="button" disabled={!isRunning(run)} onClick={stop}>
                Stop
              </button>
              <label className="row">
                Timeout
                <select
                  value={seconds}
                  onChange={({ target }) =>
                    setSearch(
                      (current) => {
                        const next = new URLSearchParams(current);
                        next.set('seconds', target.value);
                        return next;
                      },
                      { replace: true },
                    )
                  }
                >
                  {SECONDS.map((choice) => (
                    <option key={choice} value={choice}>
                      {choice} s
                    </option>
                  ))}
                </select>
              </label>
              {help.data && <span className="muted small">{limitsOf(help.data)}</span>}
            </div>
          </form>
          {run && <Outcome key={run.number} run={run} onPlace={select} again={submit} />}
        </div>
        <aside className="query-box query-side" aria-label="Examples and tables">
          <Card title="Examples">
            <div className="examples">
              {EXAMPLES.map((example) => (
                <button key={example.name} type="button" onClick={() => setSql(example.sql)}>
                  {example.name}
                </button>
              ))}
            </div>
          </Card>
          <Card title="Tables">
            <Fetched query={help} what="tables">
              {(found) => <TableList help={found} />}
            </Fetched>
          </Card>
        </aside>
      </div>
    </Page>
  );
}

const limitsOf = ({ limits: { rows, bytes } }: QueryHelp) =>
  `At most ${formatCount(rows)} rows and ${formatBytes(bytes)}. Queries are read-only.`;

function TableList({ help }: { readonly help: QueryHelp }) {
  return help.tables.map(({ name, columns }) => (
    <details key={name}>
      <summary>{name}</summary>
      <dl>
        {columns.map((column) => (
          <div key={column.name} className="pair">
            <dt>
              <code>{column.name}</code>
            </dt>
            <dd>{column.type}</dd>
          </div>
        ))}
      </dl>
    </details>
  ));
}

interface OutcomeProps {
  readonly run: QueryRun;
  readonly onPlace: (offset: number) => void;
  readonly again: () => void;
}

function Outcome({ run, onPlace, again }: OutcomeProps) {
  if (isRunning(run)) return <Running since={run.startedAt} />;
  if (run.isStopped) return <Empty title="Stopped">The query was stopped before it finished.</Empty>;
  if (run.answer) return <Answer answer={run.answer} />;
  const fault = run.error instanceof ApiError ? faultOf(run.error.details) : undefined;
  if (!fault) return <Failure error={run.error ?? new Error('no response')} retry={again} />;
  const place = placeOf(run.sql, fault.position);
  return (
    <div className="state state-failure" role="alert">
      <p className="state-title">The query failed</p>
      <p>{fault.error}</p>
      {place && (
        <>
          <pre className="fault">
            {place.line}
            {'\n'}
            {' '.repeat(place.column)}
            <span className="fault-mark" aria-hidden="true">
              ^
            </span>
          </pre>
          <button type="button" onClick={() => onPlace(place.offset)}>
            Go to error
          </button>
        </>
      )}
    </div>
  );
}

function Running({ since }: { readonly since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 200);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="state">
      <span className="spinner" aria-hidden="true" /> <span role="status">Running…</span>{' '}
      {Math.floor(Math.max(0, now - since) / 1000)} s
    </div>
  );
}

function Answer({ answer }: { readonly answer: QueryAnswer }) {
  const { columns, rows, truncated, seconds, tables } = answer;
  const read = tables.map(
    ({ name, version }) => `${name} ${version === null ? '(does not exist yet)' : `version ${version}`}`,
  );
  const save = () =>
    saveAs(new Blob([toCsv(columns, rows)], { type: 'text/csv;charset=utf-8' }), 'daybook-query.csv');
  return (
    <section className="query-box" aria-label="Result">
      <div className="card-head">
        <p className="note muted" role="status">
          {truncated ? 'The first ' : ''}
          {plural(rows.length, 'row', formatCount)} in {seconds.toFixed(1)} s
          {read.length > 0 && `, from ${read.join(', ')}`}.
          {truncated && ' There are more rows: filter or aggregate, or use daybook query --limit.'}
        </p>
        <button type="button" onClick={save} disabled={rows.length === 0}>
          Download as CSV
        </button>
      </div>
      {rows.length === 0 ? (
        <Empty title="No rows">The query succeeded and returned no rows.</Empty>
      ) : (
        <CellTable label="Result" columns={columns} rows={rows} />
      )}
    </section>
  );
}
