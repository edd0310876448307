import type { SqlRow } from '../../engine/duckdb/session';
import { hundredths } from '../kpis/decimals';
import type { TableRead } from '../lake/read-tables';
import type { OpenLake } from '../lake/reader';
import { boundDays, type ComparedDays, type MartOfDays, VISIT_DAY } from './mart-days';
import originsSql from './origins.sql';
import trafficSql from './traffic.sql';

export interface TrafficChoice extends ComparedDays {
  /** Only this channel; undefined for all. */
  readonly channel?: string | undefined;
}

/** Sums of traffic_kpis over days and origins; money and seconds in hundredths. */
export interface TrafficSums {
  /** Days with a session. */
  readonly days: number;
  readonly sessions: bigint;
  /** Visitors of each day and origin, added up: who comes on two days, or from two origins, counts twice. */
  readonly visitors: bigint;
  readonly engaged_sessions: bigint;
  /** Total duration, from the mean of each day and origin, which is rounded to a hundredth of a second. */
  readonly seconds: bigint;
  readonly purchases: bigint;
  readonly revenue: bigint;
}

export interface TrafficSum extends TrafficSums {
  readonly is_before: boolean;
  /** First day of the bucket, that of the range for the first; null for the whole period. */
  readonly bucket: string | null;
  /** A channel, or a source if a channel was chosen; null for the others as one; undefined for all. */
  readonly part?: string | null;
}

export interface Traffic {
  readonly sums: readonly TrafficSum[];
  /** Number of channels, or of the chosen channel's sources. */
  readonly parts: number;
  /** All channels of the days, whatever is chosen, in order. */
  readonly channels: readonly string[];
}

/** What an origin is; `all`: a channel, source and medium. */
export type OriginBy = 'channel' | 'source' | 'medium' | 'all';

export interface OriginSums extends TrafficSums {
  /** null if origins are not told apart by it. */
  readonly channel: string | null;
  readonly source: string | null;
  readonly medium: string | null;
  readonly sessions_before: bigint;
}

/**
 * Sums per period, bucket and part.
 * @param granularity `day`, `week`, `month` or `year`
 * @param named maximum number of parts with a name, the largest; all if there is only one more
 */
export async function readTraffic(
  open: OpenLake,
  mart: MartOfDays,
  choice: TrafficChoice,
  granularity: string,
  named: number,
  signal?: AbortSignal,
): Promise<Traffic> {
  const { readTables } = await import('../lake/read-tables');
  return readTables(
    open,
    [tableOf(mart, choice)],
    async (db) => {
      const { channel = null } = choice;
      const bound = { ...boundDays(choice), channel };
      const rows = await db.rows(trafficSql, { ...bound, granularity, named });
      const channels = await db.rows<{ channel: string }>(
        'select distinct channel from traffic_kpis where event_date between cast($start as date) and cast($to as date) order by 1',
        { start: bound.start, to: bound.to },
      );
      return {
        sums: rows.map((row) => ({
          is_before: row.is_before === true,
          bucket: row.has_bucket ? String(row.bucket) : null,
          ...(row.has_name === true && { part: row.name as string | null }),
          ...sumsOf(row),
        })),
        parts: Number(rows[0]?.parts ?? 0),
        channels: channels.map(({ channel }) => channel),
      };
    },
    signal,
  );
}

/** Origins with a session in the days, by sessions, descending, and how many there are. */
export async function readOrigins(
  open: OpenLake,
  mart: MartOfDays,
  choice: TrafficChoice,
  by: OriginBy,
  limit: number,
  signal?: AbortSignal,
): Promise<{ readonly origins: readonly OriginSums[]; readonly count: number }> {
  const { readTables } = await import('../lake/read-tables');
  const rows = await readTables(
    open,
    [tableOf(mart, choice)],
    (db) =>
      db.rows(originsSql, {
        from: choice.days.from,
        to: choice.days.to,
        start: choice.before?.from ?? choice.days.from,
        channel: choice.channel ?? null,
        by_channel: by === 'channel' || by === 'all',
        by_source: by === 'source' || by === 'all',
        by_medium: by === 'medium' || by === 'all',
        limit,
      }),
    signal,
  );
  return {
    origins: rows.map((row) => ({
      channel: row.channel as string | null,
      source: row.source as string | null,
      medium: row.medium as string | null,
      sessions_before: BigInt(String(row.sessions_before)),
      ...sumsOf(row),
    })),
    count: Number(rows[0]?.origins ?? 0),
  };
}

const COLUMNS = [
  VISIT_DAY,
  'channel',
  'source',
  'medium',
  'sessions',
  'visitors',
  'engaged_sessions',
  'avg_duration_seconds',
  'purchases',
  'revenue',
];

const tableOf = ({ spec, snapshot }: MartOfDays, { days, before }: TrafficChoice): TableRead => ({
  spec,
  snapshot,
  columns: COLUMNS,
  within: [{ column: VISIT_DAY, low: before?.from ?? days.from, high: days.to }],
});

function sumsOf(row: SqlRow): TrafficSums {
  const whole = (name: string) => BigInt(String(row[name] ?? 0));
  return {
    days: Number(row.days),
    sessions: whole('sessions'),
    visitors: whole('visitors'),
    engaged_sessions: whole('engaged_sessions'),
    seconds: hundredths(String(row.seconds)),
    purchases: whole('purchases'),
    revenue: hundredths(String(row.revenue)),
  };
}
