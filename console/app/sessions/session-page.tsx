import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { EventView, SessionDetail, SessionView } from '../../api/sessions';
import { Time } from '../shared/about';
import { useAddress } from '../shared/address';
import { getJson } from '../shared/api';
import { FileText } from '../shared/file-text';
import { formatCount, formatDecimal } from '../shared/format';
import { Card, Fact, Page } from '../shared/page';
import { Failure, Loading } from '../shared/states';
import { EventPanel } from './event-panel';
import { isoOf, secondsText, stepText } from './session-text';
import { Timeline } from './timeline';

const POLL_MS = 5_000;

/** One session: what it was, and its events in their order. */
export function SessionPage({ sessionKey }: { readonly sessionKey: string }) {
  const { get, set } = useAddress();
  const day = get('day');
  const chosen = get('event');
  const detail = useInfiniteQuery({
    queryKey: ['session', sessionKey, day],
    queryFn: ({ pageParam, signal }) =>
      getJson<SessionDetail>('sessions/session', { key: sessionKey, day, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: SessionDetail) => next ?? undefined,
    // A long session is not read again and again; its end rarely changes while one looks at it.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : POLL_MS),
  });
  const pages = detail.data?.pages;
  const events = useMemo(() => (pages ?? []).flatMap((page) => page.events), [pages]);
  const first = pages?.[0];
  const event = events.find(({ event_id }) => event_id === chosen);
  return (
    <Page
      title="Session"
      actions={
        <Link href={first ? `/?from=${first.session.event_date}&to=${first.session.event_date}` : '/'}>
          All sessions of the day
        </Link>
      }
    >
      {detail.error && <Failure error={detail.error} retry={() => void detail.refetch()} />}
      {first === undefined ? (
        !detail.error && <Loading what="the session" />
      ) : (
        <>
          <Facts session={first.session} />
          <Card title="Events">
            <p className="muted small kpi-hint">{eventsText(first, events)}</p>
            <Timeline
              start={first.session.started_micros}
              furthest={first.session.furthest_step}
              events={events}
              selected={chosen}
              onOpen={({ event_id }) => set({ event: event_id })}
              onEnd={() => {
                if (detail.hasNextPage && !detail.isFetching) void detail.fetchNextPage();
              }}
            />
          </Card>
          {event && (
            <EventPanel key={event.event_id} event={event} onClose={() => set({ event: undefined })} />
          )}
        </>
      )}
    </Page>
  );
}

function eventsText({ total }: SessionDetail, loaded: readonly EventView[]): string {
  const counted = total === 1 ? '1 event' : `${formatCount(total)} events`;
  const repeated = loaded.some(({ is_repeated }) => is_repeated)
    ? ' A purchase that repeats the transaction of an earlier one does not count.'
    : '';
  return `${counted}, with the time since the start. A click shows an event as it was received.${repeated}`;
}

function Facts({ session }: { readonly session: SessionView }) {
  const {
    visitor_id,
    session_id,
    started_micros,
    duration_seconds,
    landing_page,
    source,
    medium,
    campaign,
    channel,
    device_type,
    furthest_step,
    purchases,
    revenue,
    is_engaged,
  } = session;
  return (
    <Card title="Visit">
      <dl className="session-facts">
        <Fact name="Start">
          <Time at={isoOf(started_micros)} />
        </Fact>
        <Fact name="Duration">{secondsText(duration_seconds)}</Fact>
        <Fact name="Visitor">
          {visitor_id === null ? (
            'unknown'
          ) : (
            <Link href={`/?period=all&person=${encodeURIComponent(visitor_id)}`}>
              <FileText>{visitor_id}</FileText>
            </Link>
          )}
        </Fact>
        <Fact name="Session id">
          {session_id === null ? 'none: cut by inactivity' : <FileText>{session_id}</FileText>}
        </Fact>
        <Fact name="Channel">
          <FileText>{channel}</FileText>
        </Fact>
        <Fact name="Source and medium">
          <FileText>{`${source} / ${medium}`}</FileText>
        </Fact>
        {campaign !== null && (
          <Fact name="Campaign">
            <FileText>{campaign}</FileText>
          </Fact>
        )}
        {landing_page !== null && (
          <Fact name="Landing page">
            <FileText>{landing_page}</FileText>
          </Fact>
        )}
        <Fact name="Device">{device_type === null ? 'unknown' : <FileText>{device_type}</FileText>}</Fact>
        <Fact name="Furthest step">{stepText(furthest_step)}</Fact>
        <Fact name="Purchases">{formatCount(purchases)}</Fact>
        <Fact name="Revenue">{formatDecimal(revenue)}</Fact>
        <Fact name="Engaged">{is_engaged ? 'yes' : 'no'}</Fact>
      </dl>
    </Card>
  );
}
