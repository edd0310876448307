import { useQuery } from '@tanstack/react-query';
import { useAbout } from '../shared/about';
import { Badge } from '../shared/status';
import {
  alarmsQuery,
  clockQuery,
  executionsQuery,
  maintenanceQuery,
  queuesQuery,
  reconciliationQuery,
} from './queries';
import {
  alarmsVerdict,
  clockVerdict,
  deadLettersVerdict,
  executionsVerdict,
  maintenanceVerdict,
  queueVerdict,
  reconciliationVerdict,
  type Verdict,
} from './verdicts';

/** All parts in one line, told to who cannot see it whenever it changes. */
export function Overall() {
  const queues = useQuery(queuesQuery);
  const clock = useQuery(clockQuery);
  const executions = useQuery(executionsQuery);
  const maintenance = useQuery(maintenanceQuery);
  const reconciliation = useQuery(reconciliationQuery);
  const alarms = useQuery(alarmsQuery);
  const isLocal = useAbout()?.isLocal ?? false;
  const now = new Date();
  const parts: readonly (readonly [name: string, verdict: Verdict | undefined])[] = [
    ['queue', queues.data && queueVerdict(queues.data)],
    ['dead letters', queues.data && deadLettersVerdict(queues.data)],
    ['last execution', executions.data && executionsVerdict(executions.data, now)],
    ['clock', clock.data && clockVerdict(clock.data, now)],
    ['maintenance', maintenance.data && maintenanceVerdict(maintenance.data, now, isLocal)],
    ['lost messages', reconciliation.data && reconciliationVerdict(reconciliation.data, now)],
    ['alarms', alarms.data && alarmsVerdict(alarms.data)],
  ];
  const namesOf = (tone: Verdict['tone']) =>
    parts.filter(([, verdict]) => verdict?.tone === tone).map(([name]) => name);
  const [bad, warn] = [namesOf('bad'), namesOf('warn')];
  const unknown = parts.filter(([, verdict]) => verdict === undefined).map(([name]) => name);
  return (
    <p className="note row overall" role="status">
      {bad.length > 0 ? (
        <Badge tone="bad">{`Needs somebody: ${bad.join(', ')}`}</Badge>
      ) : warn.length > 0 ? (
        <Badge tone="warn">{`Look at: ${warn.join(', ')}`}</Badge>
      ) : unknown.length > 0 ? (
        <Badge tone="busy">Looking…</Badge>
      ) : (
        <Badge tone="good">All is well</Badge>
      )}
      {bad.length > 0 && warn.length > 0 && <span className="muted">Look at: {warn.join(', ')}.</span>}
    </p>
  );
}
