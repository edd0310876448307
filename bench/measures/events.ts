import { catalog } from '../../catalog/catalog';
import { isRawEvent } from '../../domain/events/envelope';
import { eventContracts } from '../../domain/events/event-files';
import { parseEventJson } from '../../domain/events/event-json';
import { eventNormalizer } from '../../domain/events/normalize';
import { type BenchContext, isFull } from '../context';
import { rawEventLine } from '../events';
import type { MeasureResult } from '../results';
import { median } from '../statistics';

const GOAL_PER_SECOND = 30_000;

const FORMS = ['native', 'GA4'] as const;

/**
 * Raw lines parsed, normalised and enriched in one process, by the second of CPU time, so that it does not depend on what else runs.
 * Caches of user agents, pages and hosts are those of a process that has just started.
 */
export async function measureEvents(context: BenchContext): Promise<MeasureResult> {
  const events = context.sizes.events;
  const rows = FORMS.map((form) => {
    const lines = Array.from({ length: events }, (_, index) => rawEventLine(context.seed, index, form));
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
    notes: ['Eight events of one visitor have one user agent. Writing the rows is not included.'],
  };
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
