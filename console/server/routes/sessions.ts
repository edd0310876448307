import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { STAGING } from '../../../domain/object-keys';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import type { LakeReader } from '../../../operations/lake/reader';
import { martOfDays } from '../../../operations/visits/mart-days';
import { readRawEvent } from '../../../operations/visits/raw-event';
import { readSessionEvents } from '../../../operations/visits/session-events';
import {
  readSession,
  readSessionChoices,
  readSessions,
  SESSION_ORDERS,
  type SessionChoice,
  type SessionPage,
} from '../../../operations/visits/sessions';
import type { NoDays } from '../../api/range';
import { type RawEventLine, SESSION_STEPS, type SessionDetail, type SessionList } from '../../api/sessions';
import { rangeOf } from '../range/range';
import { daySchema, rangeSchema } from '../range/range-query';
import { VersionedReports } from '../visits/versioned-reports';

const MART = 'sessions';
/** The table behind the users of sessions. */
const EVENTS_LOCATION = `${STAGING}events`;
const PAGE = 100;
const EVENTS_PAGE = 500;
const MAX_TEXT = 4_000;

const text = z.string().min(1).max(MAX_TEXT);

/** The place of a row in its order: two texts as JSON. */
const placeSchema = z
  .string()
  .max(2 * MAX_TEXT)
  .transform((json, context) => {
    try {
      return z.tuple([z.string(), z.string()]).parse(JSON.parse(json));
    } catch {
      context.addIssue('expected "after" as an answer gave it');
      return z.NEVER;
    }
  });

const listSchema = z.object({
  channel: text.optional(),
  step: z.enum([...SESSION_STEPS, 'none']).optional(),
  device: text.optional(),
  purchase: z.enum(['yes', 'no']).optional(),
  person: text.optional(),
  sort: z.enum(SESSION_ORDERS).default('started_at'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  after: placeSchema.optional(),
});
const sessionSchema = z.object({ key: text, day: daySchema.optional(), after: placeSchema.optional() });
const rawSchema = z.object({ event: text, at: z.iso.datetime({ precision: 3 }) });

/** GET the list, session, raw: see api/sessions.ts. */
export function sessionsRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const choices = new VersionedReports<Pick<SessionList, 'channels' | 'devices'>>();
  const pages = new VersionedReports<SessionPage>();
  const signalOf = (context: Context) => context.req.raw.signal;

  return new Hono()
    .get('/', (context) =>
      lake.use(async (open, signal) => {
        const query = rangeSchema.parse(context.req.query());
        const { sort, direction, purchase, after, ...filter } = listSchema.parse(context.req.query());
        const mart = await martOfDays(open, MART, signal);
        if (!mart) return context.json<NoDays>({ range: null });
        const range = rangeOf({ ...query, period: query.period ?? '7' }, mart.data);
        const { days } = range;
        const found = await choices.of(mart.snapshot, days, () => readSessionChoices(open, mart, days));
        const choice: SessionChoice = {
          ...filter,
          days,
          purchase: purchase && purchase === 'yes',
          order: sort,
          isDescending: direction === 'desc',
          after: after && { place: after[0], session_key: after[1] },
          limit: PAGE,
        };
        // The user of an event can change without a change of its session.
        const events = filter.person !== undefined && (await open.snapshots.newest(EVENTS_LOCATION))?.version;
        const { sessions, total } = await pages.of(mart.snapshot, { choice, events }, () =>
          readSessions(open, mart, choice),
        );
        const last = sessions.at(-1);
        const next = last && sessions.length === PAGE ? JSON.stringify([last.place, last.session_key]) : null;
        return context.json<SessionList>({ range, sessions, total, next, ...found });
      }, signalOf(context)),
    )
    .get('/session', (context) =>
      lake.use(async (open, signal) => {
        const { key, day, after } = sessionSchema.parse(context.req.query());
        const mart = await martOfDays(open, MART, signal);
        // With new events a session can start on another day.
        const session =
          mart &&
          ((day && (await readSession(open, mart, key, day, signal))) ||
            (await readSession(open, mart, key, undefined, signal)));
        if (!session) {
          throw new DeploymentError(
            'There is no such session (any more): later events can join it with another one, or split it.',
          );
        }
        const place = after && { micros: after[0], event_id: after[1] };
        const page = await readSessionEvents(open, session, place, EVENTS_PAGE, signal);
        const last = page.events.at(-1);
        const next =
          last && page.events.length === EVENTS_PAGE ? JSON.stringify([last.micros, last.event_id]) : null;
        return context.json<SessionDetail>({ session, ...page, next });
      }, signalOf(context)),
    )
    .get('/raw', (context) =>
      lake.use(async (open, signal) => {
        const { event, at } = rawSchema.parse(context.req.query());
        return context.json<RawEventLine>(await readRawEvent(deployment, open, event, at, signal));
      }, signalOf(context)),
    );
}
