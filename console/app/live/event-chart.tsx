import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo, useRef } from 'react';
import type { LiveBucket, LiveReport } from '../../api/live';
import { shortName } from '../range/figure-text';
import { decals } from '../range/stacks';
import { axes } from '../range/time-axes';
import { useAbout } from '../shared/about';
import { Chart, type ChartPoint, type Grid } from '../shared/chart';
import { ChartCard } from '../shared/chart-card';
import type { Colours } from '../shared/chart-colours';
import { Swatch, type Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact, formatCount } from '../shared/format';
import { bucketName, clockText, OTHER_EVENTS } from './live-text';
import { nameColours, OTHERS_COLOUR } from './name-colours';

const GRID: Grid = { left: 56, right: 16, top: 16, bottom: 30 };
/** With more bars, patterns would be noise. */
const MAX_PATTERNED_BARS = 62;

interface Series {
  readonly id: string;
  readonly name: string;
  /** Number of a colour in theme.css. */
  readonly colour: number;
}

/** Events over time, stacked by name. */
export function EventChart({ report }: { readonly report: LiveReport }) {
  const { buckets, names, bucket_seconds } = report;
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const series = useSeries(names);
  const timeOf = useCallback(
    ({ start }: LiveBucket) => clockText(start, timeZone, bucket_seconds < 60),
    [timeZone, bucket_seconds],
  );
  const title = `Events per ${bucketName(bucket_seconds)} by name`;
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const patterns = decals(colours, 8);
      return {
        aria: { enabled: true, label: { description: title } },
        ...axes(buckets.map(timeOf), colours, formatCompact),
        // Named by index, because an event can have any name.
        series: series.map(({ colour }, index) => ({
          type: 'bar',
          name: String(index),
          stack: 'all',
          barMaxWidth: 40,
          itemStyle: {
            color: colours.series[colour - 1],
            ...(buckets.length <= MAX_PATTERNED_BARS && { decal: patterns[colour - 1] }),
          },
          data: buckets.map(({ events }) => events[index] ?? 0),
        })),
      };
    },
    [buckets, series, timeOf, title],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      if (!bucket) return undefined;
      const lines = series.map(({ name, colour }, index) => ({
        name: shortName(name, 40),
        value: formatCount(bucket.events[index] ?? 0),
        colour,
      }));
      return { title: timeOf(bucket), lines };
    },
    [buckets, series, timeOf],
  );
  return (
    <ChartCard
      title={title}
      chart={
        <Chart label={title} option={option} columns={buckets.length} height={260} grid={GRID} tip={tip} />
      }
      table={<EventTable label={title} buckets={buckets} series={series} timeOf={timeOf} />}
    >
      <ul className="kpi-legend">
        {series.map(({ id, name, colour }) => (
          <li key={id} title={name}>
            <Swatch colour={colour} />
            <bdi>{shortName(name)}</bdi>
          </li>
        ))}
      </ul>
    </ChartCard>
  );
}

/** The series of the names, with the colours that they had before. */
function useSeries(names: readonly (string | null)[]): readonly Series[] {
  const colours = useRef<ReadonlyMap<string, number>>(new Map());
  return useMemo(() => {
    colours.current = nameColours(
      names.filter((name) => name !== null),
      colours.current,
    );
    return names.map((name) => ({
      // No event has an empty name.
      id: name ?? '',
      name: name ?? OTHER_EVENTS,
      colour: (name !== null && colours.current.get(name)) || OTHERS_COLOUR,
    }));
  }, [names]);
}

function EventTable({
  label,
  buckets,
  series,
  timeOf,
}: {
  readonly label: string;
  readonly buckets: readonly LiveBucket[];
  readonly series: readonly Series[];
  readonly timeOf: (bucket: LiveBucket) => string;
}) {
  const columns = useMemo(
    (): Column<LiveBucket>[] => [
      { id: 'start', header: 'From', value: ({ start }) => start, cell: timeOf },
      ...series.map(
        ({ id, name }, place): Column<LiveBucket> => ({
          id: `name ${id}`,
          header: shortName(name, 16),
          numeric: true,
          wideOnly: place > 1,
          value: ({ events }) => events[place],
          cell: ({ events }) => formatCount(events[place] ?? 0),
        }),
      ),
    ],
    [series, timeOf],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={buckets}
      rowId={({ start }) => start}
      height={260}
      initialSort={{ id: 'start', desc: true }}
    />
  );
}
