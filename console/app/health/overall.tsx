import { useQuery } from '@tanstack/react-query';
import { useAbout } from '../shared/about';
import { Badge } from '../shared/status';
import { eventsVerdict, receivedVerdict, warehouseVerdict } from './intake-verdicts';
import {
  alarmsQuery,
  eventsQuery,
  executionsQuery,
  maintenanceQuery,
  queuesQuery,
  receivedQuery,
  reconciliationQuery,
  scheduleQuery,
  warehouseQuery,
} from './queries';
import {
  alarmsVerdict,
  deadLettersVerdict,
  executionsVerdict,
  maintenanceVerdict,
  queueVerdict,
  reconciliationVerdict,
  scheduleVerdict,
  type Verdict,
} from './verdicts';

/** A one-line summary of all parts; screen readers announce changes. */
export function Overall() {
  const queues = useQuery(queuesQuery);
  const schedule = useQuery(scheduleQuery);
  const executions = useQuery(executionsQuery);
  const maintenance = useQuery(maintenanceQuery);
  const reconciliation = useQuery(reconciliationQuery);
  const alarms = useQuery(alarmsQuery);
  const events = useQuery(eventsQuery);
  const received = useQuery(receivedQuery);
  const warehouse = useQuery(warehouseQuery(false));
  const isLocal = useAbout()?.isLocal ?? false;
  const now = new Date();
  const parts: readonly (readonly [name: string, verdict: Verdict | undefined])[] = [
    ['queue', queues.data && queueVerdict(queues.data)],
    ['dead letters', queues.data && deadLettersVerdict(queues.data)],
    ['last execution', executions.data && executionsVerdict(executions.data, now)],
    ['schedule', schedule.data && scheduleVerdict(schedule.data, now)],
    ['maintenance', maintenance.data && maintenanceVerdict(maintenance.data, now, isLocal)],
    ['lost messages', reconciliation.data && reconciliationVerdict(reconciliation.data, now)],
    ['event intake', events.data && eventsVerdict(events.data, now)],
    ['events received', received.data && receivedVerdict(received.data)],
    ['warehouse', warehouse.data && warehouseVerdict(warehouse.data, now)],
    ['alarms', alarms.data && alarmsVerdict(alarms.data)],
  ];
  const namesOf = (tone: Verdict['tone']) =>
    parts.filter(([, verdict]) => verdict?.tone === tone).map(([name]) => name);
  const [bad, warn] = [namesOf('bad'), namesOf('warn')];
  const unknown = parts.filter(([, verdict]) => verdict === undefined).map(([name]) => name);
  return (
    <p className="note row overall" role="status">
      {bad.length > 0 ? (
        <Badge tone="bad">{`Action required: ${bad.join(', ')}`}</Badge>
      ) : warn.length > 0 ? (
        <Badge tone="warn">{`Warning: ${warn.join(', ')}`}</Badge>
      ) : unknown.length > 0 ? (
        <Badge tone="busy">Checking…</Badge>
      ) : (
        <Badge tone="good">Healthy</Badge>
      )}
      {bad.length > 0 && warn.length > 0 && <span className="muted">Warning: {warn.join(', ')}.</span>}
    </p>
  );
}
