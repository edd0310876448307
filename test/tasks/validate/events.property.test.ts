import * as fc from 'fast-check';
import type { RawEvent } from '../../../domain/events/envelope';
import { eventsKey } from '../../../domain/object-keys';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { readDeltaRows } from '../../builders/read-delta';
import { TaskPipeline } from '../../builders/task-pipeline';

const MIDNIGHT = Date.UTC(2026, 10, 29);
const IDS = ['e1', 'e2', 'e3', 'e4'] as const;

/** Half of the events have a time of their own, of the day before; the others that of each receipt, before or after midnight. */
const rawOf = (id: (typeof IDS)[number], minutes: number): RawEvent => {
  const hasTime = id === 'e1' || id === 'e2';
  const items = [{ product_id: `p-${id}`, price: 2 }, { product_id: 'p' }].slice(id === 'e4' ? 2 : 0);
  return {
    event_id: id,
    received_at: new Date(MIDNIGHT + minutes * 60_000).toISOString(),
    source: minutes % 2 === 0 ? 'http' : 'kafka',
    event: {
      event_id: id,
      event_name: 'view_item',
      client_id: 'c1',
      ...(hasTime && { event_time: '2026-11-28T08:00:00Z' }),
      items,
    },
  };
};

const delivery = fc.record({ id: fc.constantFrom(...IDS), minutes: fc.integer({ min: -300, max: 300 }) });
/** Files, each with the deliveries of a batch; the same one can come many times. */
const batches = fc.array(fc.array(delivery, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });

test(
  'deliveries in any order, number and grouping leave each event once, as it was received last',
  async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (batches) => {
        const pipeline = new TaskPipeline();
        try {
          for (const [at, batch] of batches.entries()) {
            const body = batch.map(({ id, minutes }) => JSON.stringify(rawOf(id, minutes))).join('\n');
            const key = eventsKey('http', new Date(MIDNIGHT), `${at}`);
            await pipeline.process([{ key, csv: `${body}\n`, uploadedAt: MIDNIGHT + 3_600_000 * (6 + at) }]);
          }
          const last = new Map<string, RawEvent>();
          for (const { id, minutes } of batches.flat()) {
            const raw = rawOf(id, minutes);
            if (raw.received_at > (last.get(id)?.received_at ?? '')) last.set(id, raw);
          }
          const dayOf = ({ event_id, received_at }: RawEvent) =>
            event_id === 'e1' || event_id === 'e2' ? '2026-11-28' : received_at.slice(0, 10);
          const events = await readDeltaRows(pipeline.bucket, 'staging/events');
          expect(
            events.map(({ event_id, day, source }) => [event_id, day, source].join(' ')).toSorted(),
          ).toEqual(
            [...last.values()].map((raw) => [raw.event_id, dayOf(raw), raw.source].join(' ')).toSorted(),
          );
          const withItems = [...last.values()].filter(({ event_id }) => event_id !== 'e4');
          const items = await readDeltaRows(pipeline.bucket, 'staging/event_items').catch(() => []);
          expect(
            items.map(({ event_id, item_index, day }) => [event_id, item_index, day].join(' ')).toSorted(),
          ).toEqual(
            withItems
              .flatMap((raw) => [0, 1].map((index) => [raw.event_id, index, dayOf(raw)].join(' ')))
              .toSorted(),
          );
        } finally {
          pipeline.close();
        }
      }),
      propertyRuns(6),
    );
  },
  propertyTimeout(30),
);
