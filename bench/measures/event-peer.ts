import type { LocalFile } from '../../cli/upload';
import type { Kpi } from '../../operations/kpis/kpis';
import { type BenchContext, isFull } from '../context';
import { eventFiles } from '../datasets';
import { compareRows } from '../kpi-sets';
import { EVENT_PEER, type PeerRun, preparePeer, runPeer } from '../peers/peer';
import { elapsed, Pipeline } from '../pipeline';
import type { MeasureResult } from '../results';
import { mean, median } from '../statistics';

/** With the marts that they read. */
const MARTS = ['purchases', 'transactions', 'sessions', 'funnel_kpis'];

/** What the peer computes of a session; times are in its key and its duration. */
const SESSION_COLUMNS = [
  'session_key',
  'visitor_id',
  'session_id',
  'event_date',
  'duration_seconds',
  'events',
  'page_views',
  'source',
  'medium',
  'campaign',
  'channel',
  'item_views',
  'cart_additions',
  'checkouts',
  'funnel_steps',
  'purchases',
  'revenue',
  'is_engaged',
];

/** Sessions and the funnel from the same raw files of events, by Daybook and by Spark, alternating. */
export async function measureEventPeer(context: BenchContext): Promise<MeasureResult> {
  const prepared = await preparePeer(EVENT_PEER, context.say);
  if ('missing' in prepared)
    return { tables: [], goals: [], notes: [`${EVENT_PEER.name} was skipped: ${prepared.missing}`] };
  const { files, directory, lines } = await eventFiles(context, context.sizes.events);
  const ours: number[] = [];
  const theirs: PeerRun[] = [];
  let compared = 0;
  for (let round = 1; round <= context.rounds; round += 1) {
    const daybook = await runDaybook(context, files);
    const peer = await runPeer(context, prepared, directory);
    const { sessions = [], funnel_kpis = [] } = peer.tables;
    compared =
      compareRows('the peer: sessions', sessions, daybook.sessions, ['session_key']) +
      compareRows('the peer: funnel_kpis', funnel_kpis, daybook.funnel, ['event_date', 'channel']);
    context.say(`Daybook ${daybook.seconds.toFixed(1)} s, ${EVENT_PEER.name} ${peer.seconds.toFixed(1)} s`);
    ours.push(daybook.seconds);
    theirs.push(peer);
  }
  // The rows for the comparison are no part of the work.
  const peerSeconds = median(theirs.map(({ seconds, phases }) => seconds - (phases.answer ?? 0)));
  const startup = mean(theirs, ({ phases }) => phases.session ?? 0);
  const base = median(ours);
  return {
    tables: [
      {
        title: `Sessions and funnel from ${lines.toLocaleString('en-US')} raw events`,
        columns: [
          { heading: 'system', unit: 'text' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'of which startup', unit: 'seconds' },
          { heading: 'relative to Daybook', unit: 'ratio' },
          { heading: 'relative to Daybook, without startup', unit: 'ratio' },
        ],
        rows: [
          ['Daybook, start of execution to success', base, null, 1, null],
          [EVENT_PEER.name, peerSeconds, startup, peerSeconds / base, (peerSeconds - startup) / base],
        ],
      },
    ],
    goals: [
      {
        what: `sessions and funnel: ${EVENT_PEER.name} / Daybook`,
        bound: 'at least',
        goal: 1,
        unit: 'ratio',
        measured: peerSeconds / base,
        judged: isFull(context),
      },
    ],
    notes: [
      `All ${compared.toLocaleString('en-US')} rows of both are equal, in ${SESSION_COLUMNS.length} columns of a session and all of the funnel.`,
      'The peer reads and writes local disk, and leaves out items, browsers and devices, and what makes an event rejected with a reason; Daybook stores them, uses a local S3, archives the files and writes to DynamoDB.',
    ],
  };
}

async function runDaybook(
  context: BenchContext,
  files: readonly LocalFile[],
): Promise<{ seconds: number; sessions: Kpi[]; funnel: Kpi[] }> {
  const pipeline = await Pipeline.start(context, { marts: MARTS });
  try {
    const executions = await pipeline.load(files);
    const sessions = (await pipeline.lakeRows('sessions')).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => SESSION_COLUMNS.includes(column))),
    );
    return { seconds: elapsed(executions), sessions, funnel: await pipeline.servedRows('funnel_kpis') };
  } finally {
    await pipeline.close();
  }
}
