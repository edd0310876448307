import { Hono } from 'hono';
import { z } from 'zod';
import { LIVE_MINUTES } from '../../../operations/live/views';
import type { LatestEvents, LiveReport, NoEvents } from '../../api/live';
import type { SharedLiveView } from '../live/shared-live-view';

const rangeSchema = z.object({
  minutes: z.coerce.number().pipe(z.literal(LIVE_MINUTES)).default(60),
});

/** GET the numbers of a range, events: see api/live.ts. @param live undefined if the deployment has no events */
export function liveRoutes(live: SharedLiveView | undefined): Hono {
  return new Hono()
    .get('/', async (context) => {
      const { minutes } = rangeSchema.parse(context.req.query());
      if (!live) return context.json<NoEvents>({ at: null });
      const { range, readSince, received } = await live.range(minutes);
      return context.json<LiveReport>({ ...range, read_since: readSince?.toISOString() ?? null, received });
    })
    .get('/events', async (context) =>
      context.json<LatestEvents>({ events: (await live?.latestEvents()) ?? [] }),
    );
}
