import { catalog } from '../../catalog/catalog';
import { isRawEvent } from '../../domain/events/envelope';
import { eventContracts } from '../../domain/events/event-files';
import { parseEventJson } from '../../domain/events/event-json';
import { eventNormalizer } from '../../domain/events/normalize';
import { EVENT_FORMS, type EventForm, rawLine } from '../../fixtures/generator/events/raw-line';
import { shopEvents } from '../../fixtures/generator/events/write-events';
import { createShop } from '../../fixtures/generator/shop';
import { type BenchContext, isFull } from '../context';
import type { MeasureResult } from '../results';
import { median } from '../statistics';

const GOAL_PER_SECOND = 30_000;

/**
 * Raw lines parsed, normalised and enriched in one process, by the second of CPU time, so that it does not depend on what else runs.
 * Caches of user agents, pages and hosts are those of a process that has just started.
 */
export async function measureEvents(context: BenchContext): Promise<MeasureResult> {
  const events = context.sizes.events;
  const rows = EVENT_FORMS.map((form) => {
    const lines = linesOf(context.seed, events, form);
    const seconds = Array.from({ length: context.rounds }, () => normalizeAll(lines));
    const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
    const agents = new Set(lines.map((line) => /"user_agent":"([^"]*)"/.exec(line)?.[1])).size;
    return { form, bytes, agents, seconds: median(seconds) };
  });
  return {
    tables: [
      {
        title: `${events.toLocaleString('en-US')} raw events, parsed, normalised and enriched on one core`,
        columns: [
          { heading: 'form', unit: 'text' },
          { heading: 'bytes', unit: 'bytes' },
          { heading: 'distinct user agents', unit: 'count' },
          { heading: 'CPU time', unit: 'seconds' },
          { heading: 'events per second', unit: 'count' },
        ],
        rows: rows.map(({ form, bytes, agents, seconds }) => [
          form,
          bytes,
          agents,
          seconds,
          events / seconds,
        ]),
      },
    ],
    goals: rows.map(({ form, seconds }) => ({
      what: `${form} events normalised and enriched per second of one core`,
      bound: 'at least',
      goal: GOAL_PER_SECOND,
      unit: 'count',
      measured: events / seconds,
      judged: isFull(context),
    })),
    notes: ['The visits are those of `npm run generate -- --events`. Writing the rows is not included.'],
  };
}

function linesOf(seed: number, events: number, form: EventForm): string[] {
  const none = { bots: 0, duplicates: 0, late: 0, invalid: 0 };
  const start = Date.UTC(2026, 10, 1) / 1000;
  const shop = createShop({
    orders: Math.ceil(events / 400),
    days: 1,
    products: 2_000,
    seed,
    start,
    updates: 0,
  });
  return Array.from(shopEvents(shop, { events, form, ...none }), (delivery, index) =>
    rawLine(delivery, index, form),
  );
}

/** @returns seconds of CPU time @throws RangeError for an event that is rejected, which would be faster */
function normalizeAll(lines: readonly string[]): number {
  const contracts = eventContracts(catalog.contracts);
  if (!contracts) throw new RangeError('no contract makes rows of events');
  const normalize = eventNormalizer(contracts);
  const before = process.cpuUsage();
  let items = 0;
  for (const line of lines) {
    const value = parseEventJson(line);
    if (!isRawEvent(value)) throw new RangeError(`expected a raw event, got ${line}`);
    const { event_id, ...received } = value;
    const found = normalize({ ...received, idWithout: () => event_id });
    if (!found.ok) throw new RangeError(`${found.faults[0]?.column}: ${found.faults[0]?.reason}: ${line}`);
    items += found.items.length;
  }
  if (items === 0) throw new RangeError('expected items');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
