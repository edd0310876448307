import './health.css';
import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Time, useAbout } from '../shared/about';
import { formatBytes, formatCount, formatDuration } from '../shared/format';
import { Page } from '../shared/page';
import { Alarms } from './alarms';
import { Intake } from './intake';
import { Overall } from './overall';
import { Facts, Part } from './part';
import {
  eventsQuery,
  executionsQuery,
  maintenanceQuery,
  queuesQuery,
  receivedQuery,
  reconciliationQuery,
  scheduleQuery,
  schemaChangesQuery,
  versionsQuery,
} from './queries';
import { Received } from './received';
import {
  deadLettersVerdict,
  executionsVerdict,
  maintenanceVerdict,
  queueVerdict,
  reconciliationVerdict,
  scheduleVerdict,
  schemaChangesVerdict,
} from './verdicts';
import { Warehouse } from './warehouse';

/** The health of each part of the pipeline, with advice if something is wrong. */
export default function HealthPage() {
  // Before the page is drawn; what takes longest first.
  usePrefetchQuery(receivedQuery);
  usePrefetchQuery(versionsQuery);
  usePrefetchQuery(eventsQuery);
  usePrefetchQuery(queuesQuery);
  return (
    <Page title="Health">
      <Overall />
      <div className="grid">
        <Queue />
        <DeadLetters />
        <Executions />
        <Schedule />
        <Maintenance />
        <Reconciliation />
        <SchemaChanges />
        <Intake />
        <Warehouse />
      </div>
      <Received />
      <Alarms />
      <Versions />
    </Page>
  );
}

function Queue() {
  const queues = useQuery(queuesQuery);
  return (
    <Part title="Queue" query={queues} verdict={queueVerdict}>
      {({ waiting, in_flight, oldest_seconds, oldest_source }) => (
        <Facts
          facts={[
            ['Waiting', formatCount(waiting)],
            ['In progress', formatCount(in_flight)],
            [
              'Oldest',
              oldest_seconds === null
                ? waiting + in_flight === 0
                  ? 'none'
                  : 'no data yet'
                : `${formatDuration(oldest_seconds * 1000)}${oldest_source === 'input' ? ', based on the files in input/ (no CloudWatch locally)' : ''}`,
            ],
          ]}
        />
      )}
    </Part>
  );
}

function DeadLetters() {
  const queues = useQuery(queuesQuery);
  return (
    <Part title="Dead letters" query={queues} verdict={deadLettersVerdict}>
      {({ dead_letters, failed_invocations }) => (
        <>
          <Facts
            facts={[
              ['Files', formatCount(dead_letters)],
              ['Failed scheduled invocations', formatCount(failed_invocations)],
            ]}
          />
          {dead_letters > 0 && <Link href="~/files">Show files</Link>}
        </>
      )}
    </Part>
  );
}

function Executions() {
  const executions = useQuery(executionsQuery);
  return (
    <Part title="Last execution" query={executions} verdict={(found) => executionsVerdict(found, new Date())}>
      {({ running, last }) => (
        <Facts
          facts={[
            ['Running', running ? <Execution key="running" name={running.name} /> : 'none'],
            ...(last
              ? ([
                  ['Last', <Execution key="last" name={last.name} />],
                  ['Ended', <Time key="ended" at={last.ended_at} />],
                  ...(last.cause === null ? [] : ([['Cause', last.cause]] as const)),
                ] as const)
              : []),
          ]}
        />
      )}
    </Part>
  );
}

function Execution({ name }: { readonly name: string }) {
  return <Link href={`~/executions/${encodeURIComponent(name)}`}>{name}</Link>;
}

function Schedule() {
  const schedule = useQuery(scheduleQuery);
  return (
    <Part title="Schedule" query={schedule} verdict={(found) => scheduleVerdict(found, new Date())}>
      {({ source, last_invocation, every_seconds }) => (
        <Facts
          facts={[
            [
              'Checks the queue',
              every_seconds === 0
                ? 'only on request'
                : `every ${formatInterval(every_seconds)}, and after every execution`,
            ],
            [
              'Last invocation',
              last_invocation === null ? 'no data' : <Time key="last" at={last_invocation} />,
            ],
            [
              'Source',
              source === 'cloudwatch'
                ? 'CloudWatch, delayed by 1 to 2 minutes'
                : source === 'scheduler'
                  ? 'local scheduler'
                  : 'none',
            ],
          ]}
        />
      )}
    </Part>
  );
}

const formatInterval = (seconds: number) =>
  seconds < 60 ? `${formatCount(seconds)} s` : `${formatCount(seconds / 60)} min`;

function Maintenance() {
  const maintenance = useQuery(maintenanceQuery);
  const isLocal = useAbout()?.isLocal ?? false;
  return (
    <Part
      title="Maintenance"
      query={maintenance}
      verdict={(found) => maintenanceVerdict(found, new Date(), isLocal)}
    >
      {({ last }) =>
        last && (
          <>
            <Facts
              facts={[
                ['Runs', 'once a day'],
                ['Last run', <Time key="at" at={last.started_at} />],
                ['Duration', formatDuration(last.duration_ms)],
                ...(last.cause === null ? [] : ([['Cause', last.cause]] as const)),
              ]}
            />
            {last.tables.length > 0 && (
              <ul className="actions">
                {last.tables.map((table) => (
                  <li key={table.table}>
                    <code>{table.table}</code>: {actionsOf(table)}
                  </li>
                ))}
                <li>{formatCount(last.rows_deleted)} files of parsed rows deleted</li>
              </ul>
            )}
          </>
        )
      }
    </Part>
  );
}

function actionsOf(table: {
  readonly files_compacted: number;
  readonly files_written: number;
  readonly files_deleted: number;
  readonly bytes_deleted: number;
  readonly log_objects_deleted: number;
}): string {
  const actions = [
    table.files_compacted > 0 &&
      `${formatCount(table.files_compacted)} files compacted into ${formatCount(table.files_written)}`,
    table.files_deleted > 0 &&
      `${formatCount(table.files_deleted)} old files deleted (${formatBytes(table.bytes_deleted)})`,
    table.log_objects_deleted > 0 && `${formatCount(table.log_objects_deleted)} log entries deleted`,
  ].filter((part) => part !== false);
  return actions.length > 0 ? actions.join(', ') : 'nothing to do';
}

function Reconciliation() {
  const reconciliation = useQuery(reconciliationQuery);
  return (
    <Part
      title="Lost messages"
      query={reconciliation}
      verdict={(found) => reconciliationVerdict(found, new Date())}
    >
      {({ last }) => (
        <>
          {last && (
            <Facts
              facts={[
                ['Last found', <Time key="at" at={last.at} />],
                ['Files re-queued', formatCount(last.files)],
                ['Including', last.keys.slice(0, 5).join(', ')],
              ]}
            />
          )}
          <p className="note muted small">
            When the queue is empty and no execution is running, the orchestrator looks for files that have
            been in <code>input/</code> for 15 minutes without a message.
          </p>
        </>
      )}
    </Part>
  );
}

function SchemaChanges() {
  const changes = useQuery(schemaChangesQuery);
  return (
    <Part
      title="Changed columns"
      query={changes}
      verdict={(found) => schemaChangesVerdict(found, new Date())}
    >
      {(found) => (
        <>
          <Facts
            facts={found.changes.slice(0, SHOWN_CHANGES).map(({ kind, change, column, key, at }) => [
              `${kind}: ${column === '' ? change : `${change} ${column}`}`,
              <span key={`${kind} ${change} ${column}`}>
                first in {key.replace(/^input\//, '')}, <Time at={at} />
              </span>,
            ])}
          />
          <p className="note muted small">
            New, missing optional, renamed and reordered columns of files, each reported once. The files are
            loaded.
          </p>
        </>
      )}
    </Part>
  );
}

const SHOWN_CHANGES = 10;

function Versions() {
  const versions = useQuery(versionsQuery);
  const about = useAbout();
  return (
    <Part title="Versions" query={versions} verdict={() => ({ tone: 'quiet', word: 'For bug reports' })}>
      {({ daybook, node, state_machine, tables }) => (
        <Facts
          facts={[
            ['Daybook', `${daybook}, on Node.js ${node}`],
            ['Bucket', about?.bucket ?? ''],
            [
              'State machine',
              <span key="machine">
                revision {state_machine.revision}, changed <Time at={state_machine.changed_at} />
              </span>,
            ],
            [
              'Delta tables',
              tables.length === 0
                ? 'none yet'
                : tables.map(({ name, version }) => `${name} ${formatCount(version)}`).join(', '),
            ],
          ]}
        />
      )}
    </Part>
  );
}
