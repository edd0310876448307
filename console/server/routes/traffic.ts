import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { LakeReader, OpenLake } from '../../../operations/lake/reader';
import { martOfDays } from '../../../operations/visits/mart-days';
import { readOrigins, readTraffic } from '../../../operations/visits/traffic';
import type { NoDays } from '../../api/range';
import { ORIGIN_KINDS, type OriginReport, type TrafficReport } from '../../api/traffic';
import { rangeOf } from '../range/range';
import { rangeSchema } from '../range/range-query';
import { originCsv } from '../visits/origin-csv';
import { MAX_STACKS, originFigures, trafficReport } from '../visits/traffic-report';
import { VersionedReports } from '../visits/versioned-reports';

const MART = 'traffic_kpis';

/** The CSV download has all origins. */
const MAX_ORIGINS = 1_000;

const channelSchema = z.object({ channel: z.string().max(1000).optional() });
const originSchema = channelSchema.extend({ group: z.enum(ORIGIN_KINDS).default('channel') });

/** GET the report, origins, origins.csv: see api/traffic.ts. */
export function trafficRoutes(lake: LakeReader): Hono {
  const reports = new VersionedReports<TrafficReport>();
  const origins = new VersionedReports<OriginReport>();

  /** @param limit maximum number of origins */
  const originsOf = async (context: Context, open: OpenLake, limit: number, signal: AbortSignal) => {
    const query = rangeSchema.parse(context.req.query());
    const { channel, group } = originSchema.parse(context.req.query());
    const mart = await martOfDays(open, MART, signal);
    if (!mart) return undefined;
    const range = rangeOf(query, mart.data);
    return origins.of(mart.snapshot, { range, channel, group, limit }, async () => {
      const found = await readOrigins(open, mart, { ...range, channel }, group, limit, signal);
      return {
        range,
        origins: found.origins.map((origin) => originFigures(origin, range.before !== null)),
        count: found.count,
      };
    });
  };

  return new Hono()
    .get('/', (context) =>
      lake.use(async (open, signal) => {
        const query = rangeSchema.parse(context.req.query());
        const { channel } = channelSchema.parse(context.req.query());
        const mart = await martOfDays(open, MART, signal);
        if (!mart) return context.json<NoDays>({ range: null });
        const range = rangeOf(query, mart.data);
        const report = await reports.of(mart.snapshot, { range, channel }, async () => {
          const choice = { ...range, channel };
          return trafficReport(
            await readTraffic(open, mart, choice, range.granularity, MAX_STACKS, signal),
            range,
          );
        });
        return context.json<TrafficReport>(report);
      }),
    )
    .get('/origins', (context) =>
      lake.use(async (open, signal) => {
        const report = await originsOf(context, open, MAX_ORIGINS, signal);
        return report ? context.json<OriginReport>(report) : context.json<NoDays>({ range: null });
      }),
    )
    .get('/origins.csv', (context) =>
      lake.use(async (open, signal) => {
        const report = await originsOf(context, open, Number.MAX_SAFE_INTEGER, signal);
        const text = originCsv(report?.origins ?? []);
        return context.body(text, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
      }),
    );
}
