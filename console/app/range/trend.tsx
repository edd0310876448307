import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { DayRange, Days } from '../../api/range';
import type { ChartPoint } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';
import type { Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact } from '../shared/format';
import { BucketChart } from './bucket-chart';
import { type Metric, numberOf } from './metric';
import { axisText, daysText } from './range-text';
import { axes, zoom } from './time-axes';

/** One point of a line. */
export interface TrendBucket<Figures> extends Days {
  readonly now: Figures;
  /** The corresponding days of the period before; null without one. */
  readonly before: Figures | null;
}

interface Props<Figures, Change> {
  readonly range: DayRange;
  readonly buckets: readonly TrendBucket<Figures>[];
  readonly metrics: readonly Metric<Figures, Change>[];
  /** The one that is drawn. */
  readonly metric: Metric<Figures, Change>;
  /** Format of the values' axis; short numbers by default. */
  readonly axisFormat?: ((value: number) => string) | undefined;
  /** What a click on a day does, as a sentence. */
  readonly dayHint: string;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}

/** With more points, only isolated ones have a mark. */
const MAX_MARKED_POINTS = 62;

/** One metric over time, and as a dashed line in the period before. */
export function Trend<Figures, Change>({
  range,
  buckets,
  metrics,
  metric,
  axisFormat = metric.inPoints ? percentAxis : formatCompact,
  dayHint,
  view,
  onOpen,
}: Props<Figures, Change>) {
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const values = buckets.map(({ now }) => metric.value(now));
      const before = buckets.map((bucket) => (bucket.before ? metric.value(bucket.before) : null));
      return {
        aria: { enabled: true, label: { description: `${metric.name} by ${range.granularity}` } },
        ...axes(
          buckets.map((bucket) => axisText(bucket, range.granularity)),
          colours,
          axisFormat,
        ),
        dataZoom: zoom(buckets.length, colours),
        series: [
          {
            type: 'line',
            showAllSymbol: true,
            symbol: 'circle',
            data: points(before, 0),
            itemStyle: { color: colours.muted },
            lineStyle: { color: colours.muted, width: 1.5, type: 'dashed', opacity: 0.6 },
            z: 1,
          },
          {
            type: 'line',
            showAllSymbol: true,
            symbol: 'circle',
            data: points(values, MAX_MARKED_POINTS),
            itemStyle: { color: colours.series[0] },
            lineStyle: { color: colours.series[0], width: 2.5 },
            areaStyle: { color: colours.series[0], opacity: 0.08 },
            z: 2,
          },
        ],
      };
    },
    [buckets, metric, range.granularity, axisFormat],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      if (!bucket) return undefined;
      return {
        title: daysText(bucket),
        lines: [
          ...metrics.map(({ name, format }) => ({ name, value: format(bucket.now) })),
          ...(bucket.before ? [{ name: `${metric.name} before`, value: metric.format(bucket.before) }] : []),
        ],
      };
    },
    [buckets, metrics, metric],
  );
  const title = `${metric.name} by ${range.granularity}`;
  return (
    <BucketChart
      title={title}
      buckets={buckets}
      view={view}
      option={option}
      tip={tip}
      onOpen={onOpen}
      table={<TrendTable buckets={buckets} metrics={metrics} label={title} onOpen={onOpen} />}
    >
      <p className="muted small kpi-hint">
        {buckets.length === 1 ? 'There is only one point; a longer range draws a line. ' : ''}
        {range.before && `The ${buckets.length === 1 ? 'grey point' : 'dashed line'} is the period before. `}
        {range.granularity === 'day' ? dayHint : `Click a ${range.granularity} for its days.`}
      </p>
    </BucketChart>
  );
}

const percentAxis = (value: number): string => `${formatCompact(value)} %`;

/**
 * An isolated point has a mark, because no line leads to it.
 * @param maxMarked up to this number, all points have a mark
 */
function points(values: readonly (string | number | null)[], maxMarked: number): object[] {
  return values.map((value, index) => {
    const isAlone =
      value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
    return {
      value: value === null ? '-' : Number(value),
      symbolSize: values.length <= maxMarked || isAlone ? 7 : 0,
    };
  });
}

function TrendTable<Figures, Change>({
  buckets,
  metrics,
  label,
  onOpen,
}: Pick<Props<Figures, Change>, 'buckets' | 'metrics' | 'onOpen'> & { readonly label: string }) {
  const columns = useMemo((): Column<TrendBucket<Figures>>[] => {
    const [first] = metrics;
    return [
      { id: 'days', header: 'Days', value: ({ from }) => from, cell: daysText, width: 1.6 },
      ...metrics.map(
        ({ id, name, shortName = name, value, format, wideOnly = false }): Column<TrendBucket<Figures>> => ({
          id,
          header: shortName,
          numeric: true,
          wideOnly,
          value: ({ now }) => numberOf(value(now)),
          cell: ({ now }) => format(now),
        }),
      ),
      {
        id: 'before',
        header: `${first?.name} before`,
        numeric: true,
        wideOnly: true,
        value: ({ before }) => numberOf((before && first?.value(before)) ?? null),
        cell: ({ before }) => (before ? first?.format(before) : '–'),
      },
    ];
  }, [metrics]);
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={buckets}
      rowId={({ from }) => from}
      onOpen={onOpen}
      height={320}
      initialSort={{ id: 'days', desc: true }}
    />
  );
}
