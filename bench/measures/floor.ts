import type { BenchContext } from '../context';
import type { MeasureResult } from '../results';
import { median, spread } from '../statistics';
import { compareWithFloor } from './comparison';

/** A single DuckDB process over the files of the cold load, next to the cold load. */
export async function measureFloor(context: BenchContext): Promise<MeasureResult> {
  const { data, floors, colds, comparedRows } = await compareWithFloor(context);
  const seconds = spread(floors.map((floor) => floor.seconds));
  const cold = median(colds.map((run) => run.seconds));
  return {
    tables: [
      {
        title: 'Floor: the same KPIs from the same files in a single DuckDB process',
        columns: [
          { heading: 'orders', unit: 'count' },
          { heading: 'items', unit: 'count' },
          { heading: 'CSV', unit: 'bytes' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          { heading: 'max', unit: 'seconds' },
          { heading: 'CSV per second', unit: 'bytes' },
          { heading: 'peak memory', unit: 'bytes' },
          { heading: 'cold load / floor', unit: 'ratio' },
        ],
        rows: [
          [
            data.rows.orders,
            data.rows.order_items,
            data.bytes,
            seconds.median,
            seconds.min,
            seconds.max,
            data.bytes / seconds.median,
            median(floors.map((floor) => floor.peak_rss_bytes)),
            cold / seconds.median,
          ],
        ],
      },
    ],
    goals: [],
    notes: [
      `Its KPIs equal those of the pipeline in all ${comparedRows} rows.`,
      'It stores nothing: no lake, no lineage, no rejected rows, no DynamoDB.',
    ],
  };
}
