import { z } from 'zod';
import { memberTexts } from '../json-text';

/**
 * What collect puts into the queue or the stream: one JSON object per line, several lines in one message. Its field `daybook` tells
 * it from an event that another producer put there.
 */
export interface Collected {
  readonly event_id: string;
  /** When collect took it, ISO 8601 in UTC with milliseconds. */
  readonly received_at: string;
  readonly user_agent?: string | undefined;
  readonly key_name?: string | undefined;
  /** The event as JSON text on one line. */
  readonly event: string;
}

const VERSION = 1;
const SOURCE = 'http';

/** SQS refuses these two characters. JSON allows them, and any other character that SQS refuses only as an escape. */
const REFUSED = /[\ufffe\uffff]/g;

export function collectedLine({ event, ...fields }: Collected): string {
  const head = JSON.stringify({ daybook: VERSION, source: SOURCE, ...fields });
  const line = `${head.slice(0, -1)},"event":${event}}`;
  return line.replaceAll(REFUSED, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

const collectedSchema = z.object({
  daybook: z.literal(VERSION),
  source: z.literal(SOURCE),
  event_id: z.string().min(1),
  received_at: z.iso.datetime({ precision: 3 }),
  user_agent: z.string().optional(),
  key_name: z.string().optional(),
  event: z.unknown(),
});

/**
 * @param value the parsed text
 * @returns undefined: it is an event of another producer
 */
export function readCollected(value: unknown, text: string): Collected | undefined {
  const parsed = collectedSchema.safeParse(value);
  const event = parsed.success && memberTexts(text).findLast(([name]) => name === 'event')?.[1];
  if (!event) return undefined;
  const { event_id, received_at, user_agent, key_name } = parsed.data;
  return { event_id, received_at, user_agent, key_name, event };
}
