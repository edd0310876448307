import { Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import { eventContracts } from '../../../domain/events/event-files';
import { DAY_MS } from '../../../domain/time';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import { redriveEvents } from '../../../operations/events/dead-letters';
import { EventFileCounts } from '../../../operations/events/event-file-counts';
import type { EventFile } from '../../../operations/events/event-files';
import { reconcileEvents } from '../../../operations/events/reconciliation';
import { reasonsIn, sumReasons } from '../../../operations/events/rejected-reasons';
import type { RejectedReason } from '../../../operations/events/views';
import { readEventsHealth } from '../../../operations/health/events';
import type { Metrics } from '../../../operations/health/metrics';
import type { LakeReader } from '../../../operations/lake/reader';
import { inParallel } from '../../../storage/parallel';
import type { EventsHealth, ReceivedHealth, RedrivenEvents } from '../../api/health';
import { BoundedMap } from '../bounded-map';
import { cached } from '../cached';

/** Days that are reconciled, today included. */
const DAYS = 3;

/** The newest files with rejected events whose reasons are counted. */
const REASON_FILES = 50;
const PARALLEL = 8;

/** The ledger is read from where it was read before; the lake is asked in a process of its own. */
const FILES_FOR_MS = 2000;
const RECEIVED_FOR_MS = { aws: 60_000, local: 5000 };

const QUERY_LIMITS = { maxRows: 1_000_000, maxBytes: 200_000_000 };

interface EventsDeps {
  readonly deployment: Deployment;
  readonly lake: LakeReader;
  /** undefined without CloudWatch. */
  readonly metrics: () => Promise<Metrics | undefined>;
}

/** The health of the entry points of events. */
export function healthEventsRoutes({ deployment, lake, metrics }: EventsDeps): Hono {
  const kind = eventContracts(catalog.contracts)?.events.kind;
  const counts = kind === undefined ? undefined : new EventFileCounts(deployment, kind);
  const firstDay = () => new Date(Date.now() - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const files = cached(FILES_FOR_MS, async () => (await counts?.read(firstDay())) ?? []);
  const reasons = new BoundedMap<string, readonly RejectedReason[]>(2 * REASON_FILES);

  const reasonsOf = async (file: EventFile) => {
    const { key, upload } = file.item;
    const known = reasons.get(`${key} ${upload}`);
    if (known) return known;
    const found = await reasonsIn(deployment, file).catch((error: unknown) => {
      // The list of bad rows was deleted.
      if (error instanceof DeploymentError) return [];
      throw error;
    });
    reasons.set(`${key} ${upload}`, found);
    return found;
  };

  /** The days of the last answer, which stay as they are until a file is processed or the table changes. */
  let last: { readonly of: string; readonly days: ReceivedHealth['days'] } | undefined;
  const daysOf = (eventKind: string, known: readonly EventFile[]) =>
    lake.use(async (open, signal) => {
      const table = await open.snapshots.newest(catalog.stagingTable(eventKind).location);
      const newest = known.reduce((at, { item }) => (item.updated_at > at ? item.updated_at : at), '');
      const of = [firstDay(), table?.version, known.length, newest].join(' ');
      if (last?.of === of) return last.days;
      const { queryLake } = await import('../../../operations/lake/query/query');
      const query = async (sql: string) => (await queryLake(open, sql, { ...QUERY_LIMITS, signal })).rows;
      const days = await reconcileEvents(known, eventKind, query, firstDay());
      last = { of, days };
      return days;
    });

  const events = cached(
    FILES_FOR_MS,
    async (): Promise<EventsHealth> =>
      readEventsHealth(deployment, await metrics(), await files(), new Date()),
  );
  const received = cached(
    deployment.isLocal ? RECEIVED_FOR_MS.local : RECEIVED_FOR_MS.aws,
    async (): Promise<ReceivedHealth> => {
      if (kind === undefined) return { days: [], reasons: [], is_partial: false };
      const known = await files();
      const days = await daysOf(kind, known);
      const withBadRows = known
        .filter(({ item }) => item.rejected_rows_key !== undefined)
        .sort((a, b) => (a.at > b.at ? -1 : 1));
      const found = await inParallel(PARALLEL, withBadRows.slice(0, REASON_FILES), reasonsOf);
      return { days, reasons: sumReasons(found.flat()), is_partial: withBadRows.length > REASON_FILES };
    },
  );

  return new Hono()
    .get('/', async (context) => context.json(await events()))
    .get('/received', async (context) => context.json(await received()))
    .post('/redrive', async (context) => {
      const answer = await redriveEvents(deployment, false);
      if (!answer) throw new DeploymentError('this deployment has no entry points for events');
      return context.json<RedrivenEvents>(answer);
    });
}
