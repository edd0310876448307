import type { LatestEvent, LiveCounts, LiveRange } from '../../operations/live/views';

export type {
  LatestEvent,
  LiveAmount,
  LiveBucket,
  LiveMinutes,
  LiveOrigin,
  LiveProduct,
  LiveRange,
} from '../../operations/live/views';
export { LIVE_MINUTES } from '../../operations/live/views';

/** GET /api/live?minutes: 5, 60 or 1440 minutes that end now. */
export interface LiveReport extends LiveRange {
  /** Events since then are counted, ISO 8601 in UTC; null once those of all 24 hours are. */
  readonly read_since: string | null;
  /** Since the view was opened. */
  readonly received: LiveCounts;
}

/** No contract of the deployment makes rows of events. */
export interface NoEvents {
  readonly at: null;
}

/** GET /api/live/events: the events that were received last, the latest first, at most 50. */
export interface LatestEvents {
  readonly events: readonly LatestEvent[];
}
