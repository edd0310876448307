import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { salesText } from '../live/live-text';
import { liveQuery } from '../live/queries';
import { formatCount } from '../shared/format';
import { NumberTile } from '../shared/number-tile';
import { Card } from '../shared/page';
import { Fetched } from '../shared/states';

/** What the events of the last hour say; nothing for a deployment without events. */
export function NowCard() {
  const live = useQuery(liveQuery(60));
  if (live.data?.at === null) return null;
  return (
    <Card title="Now" actions={<Link href="~/live">Live</Link>}>
      <Fetched query={live} what="events">
        {(report) =>
          report.at !== null && (
            <dl className="kpi-tiles home-tiles">
              <NumberTile
                className="home-tile"
                name="Active visitors"
                value={formatCount(report.active_visitors)}
                note="in the last 5 minutes"
              />
              <NumberTile
                className="home-tile"
                name="Orders"
                value={formatCount(report.purchases)}
                note="in the last hour, by events"
              />
              <NumberTile
                className="home-tile"
                name="Sales"
                value={salesText(report.revenue)}
                note="in the last hour, by events"
              />
            </dl>
          )
        }
      </Fetched>
    </Card>
  );
}
