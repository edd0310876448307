import { useQuery } from '@tanstack/react-query';
import type { AlarmView } from '../../api/health';
import { Time } from '../shared/about';
import { Badge, type Tone } from '../shared/status';
import { Part, Runbook } from './part';
import { alarmsQuery } from './queries';
import { alarmsVerdict } from './verdicts';

const TONES: Readonly<Record<AlarmView['state'], Tone>> = {
  ok: 'good',
  alarm: 'bad',
  'no data': 'quiet',
};
const RANK: Readonly<Record<AlarmView['state'], number>> = { alarm: 0, ok: 1, 'no data': 2 };

/** All alarms, active ones first, with links to the runbook. */
export function Alarms() {
  const alarms = useQuery(alarmsQuery);
  return (
    <Part title="Alarms" query={alarms} verdict={alarmsVerdict}>
      {({ source, alarms: all }) => (
        <>
          <p className="note muted small">
            {source === 'cloudwatch'
              ? 'From CloudWatch.'
              : "Without CloudWatch, the console evaluates the thresholds of the template's alarms. Alarms that require a metric have no data."}
          </p>
          <ul className="alarms">
            {all
              .toSorted((a, b) => RANK[a.state] - RANK[b.state] || (a.name < b.name ? -1 : 1))
              .map((alarm) => (
                <li key={alarm.name}>
                  <Badge tone={TONES[alarm.state]}>{alarm.state}</Badge>
                  <div>
                    <code>{alarm.name}</code>
                    {alarm.state === 'alarm' && (
                      <>
                        <p className="note">
                          {alarm.symptom} {alarm.since && <Time at={alarm.since} />}
                        </p>
                        {alarm.section !== null && <Runbook section={alarm.section} />}
                      </>
                    )}
                  </div>
                </li>
              ))}
          </ul>
        </>
      )}
    </Part>
  );
}
