import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { LIVE_MINUTES, type LiveMinutes, type LiveReport } from '../../api/live';
import { Part } from '../range/part';
import { Time, useAbout } from '../shared/about';
import { useAddress } from '../shared/address';
import { formatCount } from '../shared/format';
import { Page } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { EventChart } from './event-chart';
import { Funnel } from './funnel';
import { LatestEventList } from './latest-event-list';
import { clockText, RANGE_NAMES } from './live-text';
import { LiveTiles } from './live-tiles';
import { latestEventsQuery, liveQuery } from './queries';
import { SalesChart } from './sales-chart';
import { TopOrigins, TopProducts } from './top-tables';
import '../range/range.css';
import './live.css';

const DEFAULT_MINUTES: LiveMinutes = 60;

/** What visitors do now, from the events as they arrive. */
export default function LivePage() {
  const address = useAddress();
  const [isPaused, setPaused] = useState(false);
  const minutes = LIVE_MINUTES.find((one) => String(one) === address.get('minutes')) ?? DEFAULT_MINUTES;
  // Together, and before the page is drawn.
  usePrefetchQuery(liveQuery(minutes));
  usePrefetchQuery(latestEventsQuery(false));
  const live = useQuery(liveQuery(minutes, isPaused));
  return (
    <Page
      title="Live"
      actions={
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
      }
    >
      <fieldset className="row live-ranges">
        <legend className="visually-hidden">The last minutes</legend>
        {LIVE_MINUTES.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === minutes}
            onClick={() => address.set({ minutes: String(one) })}
          >
            {RANGE_NAMES[one]}
          </button>
        ))}
      </fieldset>
      <Fetched query={live} what="events">
        {(report) =>
          report.at === null ? (
            <Empty title="This deployment has no events">
              It was deployed without them: see docs/configuration.md.
            </Empty>
          ) : (
            <Part isStale={live.isPlaceholderData}>
              <Freshness report={report} isPaused={isPaused} />
              <Numbers report={report} isPaused={isPaused} />
            </Part>
          )
        }
      </Fetched>
    </Page>
  );
}

/** When the numbers are from, and what they leave out. */
function Freshness({ report, isPaused }: { readonly report: LiveReport; readonly isPaused: boolean }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const { at, read_since, minutes, received } = report;
  const isMissing = read_since !== null && Date.parse(at) - minutes * 60_000 < Date.parse(read_since);
  const faults = received.rejected + received.unreadable_files;
  return (
    <p className="muted small live-note">
      {isPaused ? 'Paused at ' : 'Updated '}
      <Time at={at} />.
      {isMissing &&
        ` Older events are being read: the numbers begin at ${clockText(read_since, timeZone, false)}.`}
      {faults > 0 && (
        <>
          {' '}
          {formatCount(received.rejected)} rejected events and {formatCount(received.unreadable_files)}{' '}
          unreadable files are left out: see the <Link href="~/files">files</Link> with bad rows.
        </>
      )}
    </p>
  );
}

function Numbers({ report, isPaused }: { readonly report: LiveReport; readonly isPaused: boolean }) {
  if (report.received.lines === 0) {
    return (
      <Empty title={report.read_since === null ? 'No events in the last 24 hours' : 'Reading events…'}>
        Send events from a page or a server as docs/events.md shows, or simulated ones with{' '}
        <code>daybook events send</code>. They appear here seconds after they were accepted.
      </Empty>
    );
  }
  return (
    <>
      <LiveTiles report={report} />
      <EventChart report={report} />
      <SalesChart report={report} />
      <div className="grid live-grid">
        <Funnel report={report} />
        <TopOrigins report={report} />
        <TopProducts report={report} />
      </div>
      <LatestEventList isPaused={isPaused} />
    </>
  );
}
