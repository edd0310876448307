import type { MartChart } from '../../api/marts';
import type { Days, Granularity } from '../../api/range';
import { bucketStart, bucketsOf, GRANULARITIES, granularitiesFor } from '../range/calendar';

type ChartRange = NonNullable<MartChart['range']>;

/**
 * The points of a chart over days: as chosen if that is possible, otherwise the finest that a chart can show well.
 * @param unit of the days: `month` if each stands for its month
 */
export function chartRange(days: Days, unit: string | undefined, by: Granularity | undefined): ChartRange {
  const { best, possible } = granularitiesFor(days);
  const finest = Math.max(0, GRANULARITIES.indexOf((unit ?? 'day') as Granularity));
  const isCoarse = (name: Granularity) => GRANULARITIES.indexOf(name) >= finest;
  const granularities = possible.filter(isCoarse);
  const granularity =
    by && granularities.includes(by) ? by : isCoarse(best) ? best : (granularities[0] ?? 'year');
  return { days, granularity, granularities };
}

/** Every bucket of a range with its value. @param sums by the first day of a day, week, month or year; @param missing of one that is not there */
export function chartBuckets(
  { days, granularity }: ChartRange,
  sums: ReadonlyMap<string, string | null>,
  missing: string | null,
): MartChart['buckets'] {
  return bucketsOf(days, granularity).map((bucket) => {
    const value = sums.get(bucketStart(bucket.from, granularity));
    return { ...bucket, value: value === undefined ? missing : value };
  });
}
