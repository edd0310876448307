import type {
  EventPage,
  EventView,
  ItemView,
  RawEventLine,
  SessionView,
} from '../../operations/visits/views';
import type { DayRange } from './range';

export type { EventPage, EventView, ItemView, RawEventLine, SessionView };

/** The steps of the funnel in their order. */
export const SESSION_STEPS = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'] as const;

/** GET /api/sessions */
export interface SessionList {
  readonly range: DayRange;
  readonly sessions: readonly SessionView[];
  /** All sessions that meet the conditions. */
  readonly total: number;
  /** The parameter `after` of the next page; null on the last one. */
  readonly next: string | null;
  /** What can be chosen on these days. */
  readonly channels: readonly string[];
  readonly devices: readonly string[];
}

/** GET /api/sessions/session, with the first page of its events; `next` as in the list */
export interface SessionDetail {
  readonly session: SessionView;
  readonly events: readonly EventView[];
  readonly total: number;
  readonly next: string | null;
}
