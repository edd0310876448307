import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import type { NoDays } from '../../api/range';
import type { SessionList as Answer, SessionView } from '../../api/sessions';
import { Part } from '../range/part';
import { RangeControls } from '../range/range-controls';
import { daysText } from '../range/range-text';
import { useRange } from '../range/use-range';
import { useAbout } from '../shared/about';
import { getJson } from '../shared/api';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatCount, formatDecimal } from '../shared/format';
import { Card, Page } from '../shared/page';
import { Empty, Failure, Loading } from '../shared/states';
import { NoVisits } from '../visits/no-visits';
import { Filters } from './filters';
import { useSessionFilter } from './session-filter';
import { sessionLink } from './session-link';
import { isoOf, secondsText, startText, stepText } from './session-text';

const POLL_MS = 5_000;

/** With more pages on screen, one does not look at the newest sessions, and polling would read all of them. */
const MAX_POLLED_PAGES = 3;

/** The sessions of some days. Pages are loaded as one scrolls. */
export function SessionList() {
  const { choice, choose, query } = useRange('7');
  const { filter, setFilter, clear, sort, onSort, query: conditions } = useSessionFilter();
  const [, navigate] = useLocation();
  const list = useInfiniteQuery({
    queryKey: ['sessions', query, conditions],
    queryFn: ({ pageParam, signal }) =>
      getJson<Answer | NoDays>('sessions', { ...query, ...conditions, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Answer | NoDays) => (page.range ? (page.next ?? undefined) : undefined),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > MAX_POLLED_PAGES ? false : POLL_MS),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => withoutRepeats(list.data?.pages ?? []), [list.data]);
  const [first] = list.data?.pages ?? [];
  const open = ({ session_key, event_date }: SessionView) => navigate(sessionLink(session_key, event_date));

  return (
    <Page title="Sessions">
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {first === undefined ? (
        !list.error && <Loading what="sessions" />
      ) : first.range === null ? (
        <NoVisits />
      ) : (
        <Part isStale={list.isPlaceholderData}>
          <RangeControls range={first.range} choice={choice} choose={choose} isCompared={false} />
          <Filters filter={filter} choices={first} onChange={setFilter} />
          {first.total === 0 ? (
            <Empty title="No such sessions on these days">
              <p>There are sessions from {daysText(first.range.data)}.</p>
              {Object.values(filter).some((value) => value !== '') && (
                <button type="button" onClick={clear}>
                  Clear the conditions
                </button>
              )}
            </Empty>
          ) : (
            <Card title={first.total === 1 ? '1 session' : `${formatCount(first.total)} sessions`}>
              <p className="muted small kpi-hint">A click shows what happened in a session.</p>
              <DataTable
                label="Sessions"
                columns={COLUMNS}
                rows={rows}
                rowId={({ session_key, event_date }) => `${event_date} ${session_key}`}
                onOpen={open}
                height={620}
                sort={sort}
                onSort={onSort}
                onEnd={() => {
                  if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
                }}
              />
            </Card>
          )}
        </Part>
      )}
    </Page>
  );
}

/** When a session started, in the reporting time zone. */
function Start({ at }: { readonly at: string }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  return <time dateTime={at}>{startText(at, timeZone)}</time>;
}

/** A session that moved while pages were loaded is in two of them. */
function withoutRepeats(pages: readonly (Answer | NoDays)[]): SessionView[] {
  const rows = pages.flatMap((page) => (page.range ? page.sessions : []));
  return [...new Map(rows.map((row) => [`${row.event_date} ${row.session_key}`, row])).values()];
}

const COLUMNS: readonly Column<SessionView>[] = [
  {
    id: 'started_at',
    header: 'Start',
    width: 1.4,
    minWidth: 158,
    value: ({ started_micros }) => Number(started_micros),
    cell: ({ started_micros }) => <Start at={isoOf(started_micros)} />,
  },
  {
    id: 'visitor',
    header: 'Visitor',
    minWidth: 80,
    wideOnly: true,
    sortable: false,
    value: ({ visitor_id }) => visitor_id,
    cell: ({ visitor_id }) => (visitor_id === null ? 'unknown' : <FileText>{visitor_id}</FileText>),
  },
  {
    id: 'channel',
    header: 'Channel',
    width: 1.2,
    minWidth: 125,
    sortable: false,
    value: ({ channel }) => channel,
    cell: ({ channel }) => <FileText>{channel}</FileText>,
  },
  {
    id: 'landing',
    header: 'Landing',
    minWidth: 90,
    wideOnly: true,
    sortable: false,
    value: ({ landing_page }) => landing_page,
    cell: ({ landing_page }) => (landing_page === null ? '–' : <FileText>{landing_page}</FileText>),
  },
  {
    id: 'device',
    header: 'Device',
    minWidth: 80,
    wideOnly: true,
    sortable: false,
    value: ({ device_type }) => device_type,
    cell: ({ device_type }) => <FileText>{device_type ?? 'unknown'}</FileText>,
  },
  {
    id: 'events',
    header: 'Events',
    numeric: true,
    width: 0.7,
    minWidth: 86,
    wideOnly: true,
    value: ({ events }) => events,
    cell: ({ events }) => formatCount(events),
  },
  {
    id: 'duration_seconds',
    header: 'Duration',
    numeric: true,
    minWidth: 105,
    wideOnly: true,
    value: ({ duration_seconds }) => Number(duration_seconds),
    cell: ({ duration_seconds }) => secondsText(duration_seconds),
  },
  {
    id: 'step',
    header: 'Furthest step',
    width: 1.3,
    minWidth: 145,
    wideOnly: true,
    sortable: false,
    value: ({ furthest_step }) => furthest_step,
    cell: ({ furthest_step }) => stepText(furthest_step),
  },
  {
    id: 'revenue',
    header: 'Revenue',
    numeric: true,
    width: 0.8,
    minWidth: 95,
    value: ({ revenue }) => Number(revenue),
    cell: ({ revenue, purchases }) => (purchases === 0 ? '–' : formatDecimal(revenue)),
  },
];
