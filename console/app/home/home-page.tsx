import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { HomeReport } from '../../api/home';
import { FirstRun } from '../first-run/first-run';
import { Overall } from '../health/overall';
import { liveQuery } from '../live/queries';
import { useAbout } from '../shared/about';
import { getJson } from '../shared/api';
import { formatDay } from '../shared/format';
import { Card, Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { DayCard } from './day-card';
import { LatestFiles, latestFilesQuery } from './latest-files';
import { NowCard } from './now-card';
import '../range/range.css';
import '../health/health.css';
import './home.css';

const POLL_MS = 5_000;

const homeQuery = {
  queryKey: ['home'],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<HomeReport>('home', undefined, signal),
  refetchInterval: POLL_MS,
};

/** What one needs to know every morning: the newest days, what happens now, the latest files, and the health. */
export default function HomePage() {
  // What the page is about, before it is drawn, and before the many parts of the health are asked for.
  usePrefetchQuery(homeQuery);
  usePrefetchQuery(latestFilesQuery);
  usePrefetchQuery(liveQuery(60));
  const home = useQuery(homeQuery);
  return (
    <Page title="Home">
      <section className="row home-health" aria-label="Health">
        <Overall />
        <Link href="~/health">Health</Link>
      </section>
      <FirstRun />
      <Fetched query={home} what="days">
        {(report) => (
          <>
            <Newest report={report} />
            {report.days.map((day) => (
              <DayCard key={day.day} day={day} today={report.today} />
            ))}
          </>
        )}
      </Fetched>
      <NowCard />
      <Card title="Latest files" actions={<Link href="~/files">All files</Link>}>
        <LatestFiles />
      </Card>
    </Page>
  );
}

/** Which days are shown, if not today and yesterday. */
function Newest({ report: { today, days, has_later_days } }: { readonly report: HomeReport }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const newest = days[0]?.day;
  if (newest === undefined) {
    return (
      <Empty title="No orders and no visits yet">
        Upload products, orders and order items on the <Link href="~/files">Files</Link> page, or send events
        as docs/events.md shows.
      </Empty>
    );
  }
  return (
    <>
      {newest !== today && (
        <p className="note home-note">
          There is no data of today, {formatDay(today)} ({timeZone}). The newest day with data is{' '}
          {formatDay(newest)}.
        </p>
      )}
      {has_later_days && (
        <p className="note muted small">
          There is data of later days, which is not shown here: see <Link href="~/kpis">KPIs</Link>.
        </p>
      )}
    </>
  );
}
