import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { LiveAmount, LiveBucket, LiveReport } from '../../api/live';
import { axes } from '../range/time-axes';
import { useAbout } from '../shared/about';
import { Chart, type ChartPoint, type Grid } from '../shared/chart';
import { ChartCard } from '../shared/chart-card';
import type { Colours } from '../shared/chart-colours';
import { Swatch, type Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact, formatCount } from '../shared/format';
import { bucketName, clockText, salesText } from './live-text';

const GRID: Grid = { left: 56, right: 56, top: 16, bottom: 30 };
const ORDERS_COLOUR = 5;
const SALES_COLOUR = 6;

/** Orders over time, and the sales of the currency with the largest amount. */
export function SalesChart({ report }: { readonly report: LiveReport }) {
  const { buckets, bucket_seconds, revenue } = report;
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const timeOf = useCallback(
    ({ start }: LiveBucket) => clockText(start, timeZone, bucket_seconds < 60),
    [timeZone, bucket_seconds],
  );
  const currency = largest(revenue)?.currency;
  const title = `Orders and sales per ${bucketName(bucket_seconds)}`;
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const { xAxis, yAxis } = axes(buckets.map(timeOf), colours, formatCompact);
      return {
        aria: { enabled: true, label: { description: title } },
        xAxis,
        yAxis: [
          { ...yAxis, minInterval: 1 },
          { ...yAxis, splitLine: { show: false } },
        ],
        series: [
          {
            type: 'bar',
            barMaxWidth: 40,
            itemStyle: { color: colours.series[ORDERS_COLOUR - 1] },
            data: buckets.map(({ purchases }) => purchases),
          },
          {
            type: 'line',
            yAxisIndex: 1,
            symbol: 'circle',
            symbolSize: 5,
            itemStyle: { color: colours.series[SALES_COLOUR - 1] },
            lineStyle: { color: colours.series[SALES_COLOUR - 1], width: 2 },
            // For drawing only: texts show the exact amounts.
            data: buckets.map((bucket) => Number(amountIn(bucket, currency)?.amount ?? 0)),
          },
        ],
      };
    },
    [buckets, currency, timeOf, title],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      return (
        bucket && {
          title: timeOf(bucket),
          lines: [
            { name: 'Orders', value: formatCount(bucket.purchases), colour: ORDERS_COLOUR },
            { name: 'Sales', value: salesText(bucket.revenue), colour: SALES_COLOUR },
          ],
        }
      );
    },
    [buckets, timeOf],
  );
  return (
    <ChartCard
      title={title}
      chart={
        <Chart label={title} option={option} columns={buckets.length} height={220} grid={GRID} tip={tip} />
      }
      table={<SalesTable label={title} buckets={buckets} timeOf={timeOf} />}
    >
      <ul className="kpi-legend">
        <li>
          <Swatch colour={ORDERS_COLOUR} />
          Orders (bars, left)
        </li>
        <li>
          <Swatch colour={SALES_COLOUR} />
          Sales{currency ? ` in ${currency}` : ''} (line, right)
        </li>
      </ul>
    </ChartCard>
  );
}

/** By size alone, whatever a currency is worth. */
const largest = (revenue: readonly LiveAmount[]): LiveAmount | undefined =>
  [...revenue].sort((a, b) => Number(b.amount) - Number(a.amount))[0];

const amountIn = ({ revenue }: LiveBucket, currency: string | null | undefined): LiveAmount | undefined =>
  revenue.find((amount) => amount.currency === currency);

function SalesTable({
  label,
  buckets,
  timeOf,
}: {
  readonly label: string;
  readonly buckets: readonly LiveBucket[];
  readonly timeOf: (bucket: LiveBucket) => string;
}) {
  const columns = useMemo(
    (): Column<LiveBucket>[] => [
      { id: 'start', header: 'From', value: ({ start }) => start, cell: timeOf },
      {
        id: 'orders',
        header: 'Orders',
        numeric: true,
        value: ({ purchases }) => purchases,
        cell: ({ purchases }) => formatCount(purchases),
      },
      {
        id: 'sales',
        header: 'Sales',
        numeric: true,
        width: 2,
        value: ({ revenue }) => Number(largest(revenue)?.amount ?? 0),
        cell: ({ revenue }) => salesText(revenue),
      },
    ],
    [timeOf],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={buckets}
      rowId={({ start }) => start}
      height={220}
      initialSort={{ id: 'start', desc: true }}
    />
  );
}
