import path from 'node:path';
import { type BenchContext, isFull } from '../context';
import { compareKpis } from '../kpi-sets';
import { PEERS, type Peer, type PeerRun, type PreparedPeer, preparePeer, runPeer } from '../peers/peer';
import type { MeasureResult } from '../results';
import { mean, median, spread } from '../statistics';
import { coldDataset, runCold } from './comparison';

const RATIO_GOAL = 5;
/** The maximum difference of a peer's KPIs, as peers round binary fractions. */
const TOLERANCE = 0.01;

/** The work of the cold load in other systems, alternating with Daybook. */
export async function measurePeers(context: BenchContext): Promise<MeasureResult> {
  const data = await coldDataset(context);
  const notes: string[] = [];
  const peers: PreparedPeer[] = [];
  for (const peer of PEERS) {
    const prepared = await preparePeer(peer, context.say);
    if ('missing' in prepared) {
      notes.push(`${peer.name} was skipped: ${prepared.missing}`);
      context.say(`${peer.name} is skipped: ${prepared.missing}`);
    } else {
      peers.push(prepared);
    }
  }
  const ours: number[] = [];
  const runs = new Map<Peer, PeerRun[]>(peers.map(({ peer }) => [peer, []]));
  for (let round = 1; round <= (peers.length > 0 ? context.rounds : 0); round += 1) {
    const cold = await runCold(context, data);
    ours.push(cold.seconds);
    for (const prepared of peers) {
      const run = await runPeer(context, prepared, path.dirname(data.files[0]?.path ?? ''));
      const { order_kpis = [], category_kpis = [] } = run.tables;
      compareKpis(prepared.peer.name, { order_kpis, category_kpis }, cold.kpis, TOLERANCE);
      runs.get(prepared.peer)?.push(run);
      context.say(`${prepared.peer.name} ${run.seconds.toFixed(1)} s, Daybook ${cold.seconds.toFixed(1)} s`);
    }
  }
  if (ours.length === 0) return { tables: [], goals: [], notes };
  const base = median(ours);
  const row = (what: string, seconds: readonly number[], startup: number | null) => {
    const { median: middle, min } = spread(seconds);
    return [what, middle, min, startup, middle / base, startup === null ? null : (middle - startup) / base];
  };
  const spark = runs.get(PEERS[0]);
  return {
    tables: [
      {
        title: `The same work: ${data.shop.options.orders.toLocaleString('en-US')} orders from CSV to upserted tables to KPIs`,
        columns: [
          { heading: 'system', unit: 'text' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          { heading: 'of which startup', unit: 'seconds' },
          { heading: 'relative to Daybook', unit: 'ratio' },
          { heading: 'relative to Daybook, without startup', unit: 'ratio' },
        ],
        rows: [
          row('Daybook, start of execution to success', ours, null),
          ...[...runs].map(([peer, all]) =>
            row(
              peer.name,
              all.map(({ seconds }) => seconds),
              mean(all, ({ phases }) => phases.session ?? 0),
            ),
          ),
        ],
      },
    ],
    goals: spark
      ? [
          {
            what: 'PySpark with Delta Lake / Daybook',
            bound: 'at least',
            goal: RATIO_GOAL,
            unit: 'ratio',
            measured: median(spark.map(({ seconds }) => seconds)) / base,
            judged: isFull(context),
          },
        ]
      : [],
    notes: [
      ...notes,
      'The peers read and write local disk; Daybook uses a local S3, keeps rejected rows and lineage, archives the files and writes to DynamoDB.',
      `Their KPIs equal those of Daybook within ${TOLERANCE}. Files that they download on first use were downloaded before.`,
    ],
  };
}
