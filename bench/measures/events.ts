import { catalog } from '../../catalog/catalog';
import { isRawEvent } from '../../domain/events/envelope';
import { eventContracts } from '../../domain/events/event-files';
import { parseEventJson } from '../../domain/events/event-json';
import { eventNormalizer } from '../../domain/events/normalize';
import { EVENT_FORMS, type EventForm, rawLine } from '../../fixtures/generator/events/raw-line';
import { shopEvents } from '../../fixtures/generator/events/write-events';
import { type BenchContext, isFull } from '../context';
import { shopOfEvents } from '../datasets';
import type { MeasureResult } from '../results';
import { median } from '../statistics';

const GOAL_PER_SECOND = 30_000;

/** Lines that are in memory at a time, as when a file is read. */
const LINES_AT_ONCE = 5_000;

/**
 * Raw lines parsed, normalised and enriched in one process, by the second of CPU time, so that it does not depend on what else runs.
 * Caches of user agents, pages and hosts are empty at first.
 */
export async function measureEvents(context: BenchContext): Promise<MeasureResult> {
  const events = context.sizes.events;
  const rows = EVENT_FORMS.map((form) => {
    const runs = Array.from({ length: context.rounds }, () => normalizeAll(context, form));
    return { form, ...(runs[0] as Run), seconds: median(runs.map(({ seconds }) => seconds)) };
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

interface Run {
  readonly bytes: number;
  /** Distinct user agents. */
  readonly agents: number;
  /** CPU time. */
  readonly seconds: number;
}

/** @throws RangeError for an event that is rejected, which would be faster */
function normalizeAll(context: BenchContext, form: EventForm): Run {
  const contracts = eventContracts(catalog.contracts);
  if (!contracts) throw new RangeError('no contract makes rows of events');
  const normalize = eventNormalizer(contracts);
  const agents = new Set<string | undefined>();
  let [bytes, items, microseconds] = [0, 0, 0];
  for (const lines of chunksOfLines(context, form)) {
    for (const line of lines) {
      bytes += line.length + 1;
      agents.add(/"user_agent":"([^"]*)"/.exec(line)?.[1]);
    }
    const before = process.cpuUsage();
    for (const line of lines) {
      const value = parseEventJson(line);
      if (!isRawEvent(value)) throw new RangeError(`expected a raw event, got ${line}`);
      const found = normalize(value);
      if (!found.ok) throw new RangeError(`${found.faults[0]?.column}: ${found.faults[0]?.reason}: ${line}`);
      items += found.items.length;
    }
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
  }
  if (items === 0) throw new RangeError('expected items');
  return { bytes, agents: agents.size, seconds: microseconds / 1e6 };
}

function* chunksOfLines(context: BenchContext, form: EventForm): Generator<string[]> {
  const none = { bots: 0, duplicates: 0, late: 0, invalid: 0 };
  const { events } = context.sizes;
  const shop = shopOfEvents(context, events);
  let [lines, index]: [string[], number] = [[], 0];
  for (const delivery of shopEvents(shop, { events, form, ...none })) {
    // As it is decoded from a file.
    lines.push(Buffer.from(rawLine(delivery, index++, form)).toString());
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines;
    lines = [];
  }
  yield lines;
}
