/** Sessions and their events as the console shows them. */

/** A row of the mart `sessions`; amounts and seconds are exact decimals. */
export interface SessionView {
  readonly session_key: string;
  /** The day it starts on, in the reporting time zone. */
  readonly event_date: string;
  readonly visitor_id: string | null;
  /** null if the session is cut by inactivity. */
  readonly session_id: string | null;
  /** Microseconds since 1970. */
  readonly started_micros: string;
  readonly ended_micros: string;
  readonly duration_seconds: string;
  readonly events: number;
  readonly page_views: number;
  readonly landing_page: string | null;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string | null;
  readonly channel: string;
  readonly device_type: string | null;
  readonly furthest_step: string | null;
  readonly funnel_steps: number;
  readonly purchases: number;
  readonly revenue: string;
  readonly is_engaged: boolean;
}

/** A product in an event; numbers as text with all digits. */
export interface ItemView {
  readonly product_id: string | null;
  readonly name: string | null;
  readonly category: string | null;
  readonly price: string | null;
  readonly quantity: string | null;
  readonly list_name: string | null;
  readonly position: string | null;
}

/** An event of a session. */
export interface EventView {
  readonly event_id: string;
  readonly event_name: string;
  /** Microseconds since 1970. */
  readonly micros: string;
  readonly page_path: string | null;
  readonly traffic_source: string;
  readonly traffic_medium: string;
  readonly user_id: string | null;
  readonly transaction_id: string | null;
  readonly value: string | null;
  readonly currency: string | null;
  /** A purchase that does not count, because an earlier one has the same transaction. */
  readonly is_repeated: boolean;
  /** `http`, `sqs`, `kinesis`, `kafka` or `file`. */
  readonly entry_point: string;
  readonly items: readonly ItemView[];
}

export interface EventPage {
  /** In the order of their times. */
  readonly events: readonly EventView[];
  /** Number of all events of the session. */
  readonly total: number;
}

/** The line of a file that an event was loaded from. */
export interface RawEventLine {
  /** The file's key below `input/`, and the line in it, from 1. */
  readonly key: string;
  readonly line: number;
  /** When the file was uploaded, ISO 8601. */
  readonly uploaded_at: string;
  /** The line as it is in the file, cut to 100,000 characters; null if the file is no longer archived, or it is hidden. */
  readonly text: string | null;
  /** The deployment pseudonymizes values of events, which the file has as they were sent. */
  readonly is_hidden: boolean;
}
