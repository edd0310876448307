import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { LatestEvents, LiveMinutes, LiveReport, NoEvents } from '../../api/live';
import { getJson } from '../shared/api';

const POLL_MS = { shown: 1_000, hidden: 30_000 };

/** A hidden page asks seldom: the server's view stays open, and the page is up to date soon after it is shown again. */
const pollMs = () => (document.hidden ? POLL_MS.hidden : POLL_MS.shown);

/** @param isPaused keeps what was loaded last */
export const liveQuery = (minutes: LiveMinutes, isPaused = false) =>
  queryOptions({
    queryKey: ['live', minutes],
    queryFn: ({ signal }) => getJson<LiveReport | NoEvents>('live', { minutes }, signal),
    enabled: !isPaused,
    refetchInterval: pollMs,
    refetchIntervalInBackground: true,
    placeholderData: keepPreviousData,
  });

export const latestEventsQuery = (isPaused: boolean) =>
  queryOptions({
    queryKey: ['live', 'events'],
    queryFn: ({ signal }) => getJson<LatestEvents>('live/events', undefined, signal),
    enabled: !isPaused,
    refetchInterval: pollMs,
    refetchIntervalInBackground: true,
  });
