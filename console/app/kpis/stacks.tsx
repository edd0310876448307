import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { CategoryReport, Days } from '../../api/kpis';
import type { ChartPoint } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';
import { Swatch, type Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact, formatDecimal } from '../shared/format';
import { BucketChart } from './bucket-chart';
import { axisText, daysText, shortName } from './kpi-text';
import { axes, zoom } from './time-axes';

/** With more bars, patterns would be noise. The legend is in the order of the stack, from the bottom. */
const MAX_PATTERNED_BARS = 62;

interface Props {
  readonly report: CategoryReport;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}

/** Revenue over time, stacked: the largest categories, and all others as one. */
export function Stacks({ report, view, onOpen }: Props) {
  const { buckets, stacks, range } = report;
  const others = report.count - stacks.length + 1;
  const nameOf = useCallback((category: string | null) => category ?? `${others} others`, [others]);
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => ({
      aria: {
        enabled: true,
        label: { description: `Revenue of categories by ${range.granularity}` },
        decal: { show: buckets.length <= MAX_PATTERNED_BARS, decals: decals(colours, stacks.length) },
      },
      ...axes(
        buckets.map((bucket) => axisText(bucket, range.granularity)),
        colours,
        formatCompact,
      ),
      dataZoom: zoom(buckets.length, colours),
      // Named by index, because a category can have any name.
      series: stacks.map(({ revenue }, index) => ({
        type: 'bar',
        name: String(index),
        stack: 'revenue',
        barMaxWidth: 60,
        itemStyle: { color: colours.series[index] },
        data: revenue.map(Number),
      })),
    }),
    [buckets, stacks, range.granularity],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      if (!bucket) return undefined;
      const lines = stacks.map(({ category, revenue }, index) => ({
        name: shortName(nameOf(category), 40),
        value: formatDecimal(revenue[column] ?? '0'),
        colour: index + 1,
      }));
      return { title: daysText(bucket), lines };
    },
    [buckets, stacks, nameOf],
  );
  const title = `Categories by ${range.granularity}`;
  return (
    <BucketChart
      title={title}
      buckets={buckets}
      view={view}
      option={option}
      tip={tip}
      onOpen={onOpen}
      table={<StacksTable report={report} nameOf={nameOf} label={title} onOpen={onOpen} />}
    >
      <ul className="kpi-legend">
        {stacks.map(({ category }, index) => (
          <li key={category ?? 'others'} title={category ?? undefined}>
            <Swatch colour={index + 1} />
            <bdi>{shortName(nameOf(category))}</bdi>
          </li>
        ))}
      </ul>
    </BucketChart>
  );
}

/** Patterns in addition to colours; the first and the last series are plain. */
function decals({ surface }: Colours, count: number): object[] {
  const color = `color-mix(in srgb, ${surface} 45%, transparent)`;
  const pattern = (rotation: number, gap: number, symbol = 'rect') => ({
    symbol,
    color,
    rotation,
    dashArrayX: symbol === 'rect' ? [1, 0] : [5, 5],
    dashArrayY: [2, gap],
    symbolSize: symbol === 'rect' ? 1 : 0.8,
  });
  const plain = { symbol: 'none' };
  const patterns = [
    plain,
    pattern(Math.PI / 4, 6),
    pattern(-Math.PI / 4, 6),
    pattern(0, 5),
    pattern(0, 5, 'circle'),
    pattern(Math.PI / 2, 6),
    pattern(Math.PI / 4, 3),
    pattern(Math.PI / 2, 3),
  ];
  return patterns.map((each, index) => (index === count - 1 ? plain : each)).slice(0, count);
}

interface Row extends Days {
  readonly index: number;
}

function StacksTable({
  report: { buckets, stacks },
  nameOf,
  label,
  onOpen,
}: Omit<Props, 'view'> & { readonly nameOf: (category: string | null) => string; readonly label: string }) {
  const rows = useMemo(() => buckets.map((bucket, index): Row => ({ ...bucket, index })), [buckets]);
  const columns = useMemo(
    (): Column<Row>[] => [
      { id: 'days', header: 'Days', value: ({ from }) => from, cell: daysText, width: 1.6 },
      ...stacks.map(
        ({ category, revenue }, place): Column<Row> => ({
          id: String(place),
          header: shortName(nameOf(category), 16),
          numeric: true,
          wideOnly: place > 1,
          value: ({ index }) => Number(revenue[index]),
          cell: ({ index }) => formatDecimal(revenue[index] ?? '0'),
        }),
      ),
    ],
    [stacks, nameOf],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      rowId={({ from }) => from}
      onOpen={onOpen}
      height={320}
      initialSort={{ id: 'days', desc: true }}
    />
  );
}
