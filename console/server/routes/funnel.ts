import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { LakeReader } from '../../../operations/lake/reader';
import { readFunnel } from '../../../operations/visits/funnel';
import { martOfDays } from '../../../operations/visits/mart-days';
import type { FunnelReport } from '../../api/funnel';
import type { NoDays } from '../../api/range';
import { rangeOf } from '../range/range';
import { rangeSchema } from '../range/range-query';
import { funnelCsv } from '../visits/funnel-csv';
import { funnelReport } from '../visits/funnel-report';
import { VersionedReports } from '../visits/versioned-reports';

const channelSchema = z.object({ channel: z.string().max(1000).optional() });

/** GET the report, channels.csv: see api/funnel.ts. */
export function funnelRoutes(lake: LakeReader): Hono {
  const reports = new VersionedReports<FunnelReport>();
  const reportOf = (context: Context) => {
    const query = rangeSchema.parse(context.req.query());
    const { channel } = channelSchema.parse(context.req.query());
    // Without the signal of the request: others may wait for the same report.
    return lake.use(async (open, signal) => {
      const mart = await martOfDays(open, 'funnel_kpis', signal);
      if (!mart) return undefined;
      const range = rangeOf(query, mart.data);
      return reports.of(mart.snapshot, { range, channel }, async () =>
        funnelReport(await readFunnel(open, mart, { ...range, channel }, range.granularity, signal), range),
      );
    });
  };
  return new Hono()
    .get('/', async (context) => {
      const report = await reportOf(context);
      return report ? context.json<FunnelReport>(report) : context.json<NoDays>({ range: null });
    })
    .get('/channels.csv', async (context) => {
      const report = await reportOf(context);
      return context.body(funnelCsv(report?.channels ?? []), 200, {
        'Content-Type': 'text/csv; charset=utf-8',
      });
    });
}
