import type { SqlRow } from '../../engine/duckdb/session';
import type { OpenLake } from '../lake/reader';
import funnelSql from './funnel.sql';
import { boundDays, type ComparedDays, type MartOfDays, VISIT_DAY } from './mart-days';

/** Sessions that reach each step. */
export interface StepSums {
  readonly viewed: bigint;
  readonly carted: bigint;
  readonly checked_out: bigint;
  readonly purchased: bigint;
}

/** Sums of funnel_kpis over days and channels. */
export interface FunnelSums {
  /** Days with a session. */
  readonly days: number;
  readonly sessions: bigint;
  /** Each step at or after the one before it. */
  readonly closed: StepSums;
  /** Each step at any time. */
  readonly open: StepSums;
}

export interface FunnelSum extends FunnelSums {
  readonly is_before: boolean;
  /** First day of the bucket, that of the range for the first; null for the whole period. */
  readonly bucket: string | null;
}

export interface Funnel {
  /** Of the chosen channel, or of all. */
  readonly sums: readonly FunnelSum[];
  /** Of each channel over the period, whichever is chosen; in no order. */
  readonly channels: readonly (FunnelSums & { readonly is_before: boolean; readonly channel: string })[];
}

export interface FunnelChoice extends ComparedDays {
  /** Only this channel; undefined for all. */
  readonly channel?: string | undefined;
}

/** Sums per period and bucket, and per period and channel. @param granularity `day`, `week`, `month` or `year` */
export async function readFunnel(
  open: OpenLake,
  { spec, snapshot }: MartOfDays,
  choice: FunnelChoice,
  granularity: string,
  signal?: AbortSignal,
): Promise<Funnel> {
  const { readTables } = await import('../lake/read-tables');
  const { days, before, channel = null } = choice;
  const columns = [VISIT_DAY, 'channel', 'sessions', ...STEPS, ...STEPS.map((step) => `${step}_any`)];
  const within = [{ column: VISIT_DAY, low: before?.from ?? days.from, high: days.to }];
  const rows = await readTables(
    open,
    [{ spec, snapshot, columns, within }],
    (db) => db.rows(funnelSql, { ...boundDays(choice), granularity, channel }),
    signal,
  );
  return {
    sums: rows
      .filter((row) => row.is_chosen === true && row.has_channel === false)
      .map((row) => ({
        is_before: row.is_before === true,
        bucket: row.has_bucket === true ? String(row.bucket) : null,
        ...sumsOf(row),
      })),
    channels: rows
      .filter((row) => row.has_channel === true)
      .map((row) => ({ is_before: row.is_before === true, channel: String(row.channel), ...sumsOf(row) })),
  };
}

const STEPS = ['viewed', 'carted', 'checked_out', 'purchased'] as const;

function sumsOf(row: SqlRow): FunnelSums {
  const whole = (name: string) => BigInt(String(row[name]));
  const steps = (suffix: string): StepSums => ({
    viewed: whole(`viewed${suffix}`),
    carted: whole(`carted${suffix}`),
    checked_out: whole(`checked_out${suffix}`),
    purchased: whole(`purchased${suffix}`),
  });
  return { days: Number(row.days), sessions: whole('sessions'), closed: steps(''), open: steps('_any') };
}
