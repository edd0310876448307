import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { OrderBucket, OrderReport } from '../../api/kpis';
import type { ChartPoint } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';
import type { Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact } from '../shared/format';
import { BucketChart } from './bucket-chart';
import { axisText, daysText, METRICS, type Metric } from './kpi-text';
import { axes, zoom } from './time-axes';

interface Props {
  readonly report: OrderReport;
  readonly metric: Metric;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: OrderBucket) => void;
}

/** With more points, only isolated ones have a mark. */
const MAX_MARKED_POINTS = 62;

/** One KPI over time, and as a dashed line in the period before. */
export function Trend({ report, metric, view, onOpen }: Props) {
  const { buckets, range } = report;
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const values = buckets.map(({ now }) => metric.value(now));
      const before = buckets.map((bucket) => (bucket.before ? metric.value(bucket.before) : null));
      return {
        aria: { enabled: true, label: { description: `${metric.name} by ${range.granularity}` } },
        ...axes(
          buckets.map((bucket) => axisText(bucket, range.granularity)),
          colours,
          metric.id === 'returns' ? (value) => `${formatCompact(value)} %` : formatCompact,
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
    [buckets, metric, range.granularity],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      if (!bucket) return undefined;
      return {
        title: daysText(bucket),
        lines: [
          ...METRICS.map(({ name, format }) => ({ name, value: format(bucket.now) })),
          ...(bucket.before ? [{ name: `${metric.name} before`, value: metric.format(bucket.before) }] : []),
        ],
      };
    },
    [buckets, metric],
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
      table={<TrendTable buckets={buckets} label={title} onOpen={onOpen} />}
    >
      <p className="muted small kpi-hint">
        {buckets.length === 1 ? 'There is only one point; a longer range draws a line. ' : ''}
        {report.totals_before &&
          `The ${buckets.length === 1 ? 'grey point' : 'dashed line'} is the period before. `}
        {range.granularity === 'day'
          ? 'Click a day for its categories and latest changes.'
          : `Click a ${range.granularity} for its days.`}
      </p>
    </BucketChart>
  );
}

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

function TrendTable({
  buckets,
  label,
  onOpen,
}: {
  readonly buckets: readonly OrderBucket[];
  readonly label: string;
  readonly onOpen: (bucket: OrderBucket) => void;
}) {
  const columns = useMemo(
    (): Column<OrderBucket>[] => [
      { id: 'days', header: 'Days', value: ({ from }) => from, cell: daysText, width: 1.6 },
      ...METRICS.map(
        ({ id, name, value, format }): Column<OrderBucket> => ({
          id,
          header: name,
          numeric: true,
          wideOnly: id === 'items' || id === 'customers',
          value: ({ now }) => numberOf(value(now)),
          cell: ({ now }) => format(now),
        }),
      ),
      {
        id: 'before',
        header: 'Revenue before',
        numeric: true,
        wideOnly: true,
        value: ({ before }) => numberOf(before?.revenue ?? null),
        cell: ({ before }) => (before ? METRICS[0]?.format(before) : '–'),
      },
    ],
    [],
  );
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

/** For sorting only. */
export const numberOf = (value: string | number | null): number | undefined =>
  value === null ? undefined : Number(value);
