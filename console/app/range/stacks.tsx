import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import type { DayRange, Days } from '../../api/range';
import type { ChartPoint } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';
import { Swatch, type Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCompact } from '../shared/format';
import { BucketChart } from './bucket-chart';
import { shortName } from './figure-text';
import { axisText, daysText } from './range-text';
import { axes, zoom } from './time-axes';

/** With more bars, patterns would be noise. The legend is in the order of the stack, from the bottom. */
const MAX_PATTERNED_BARS = 62;

/** A part of each bar. */
export interface Stack {
  /** Differs between the stacks. */
  readonly id: string;
  readonly name: string;
  /** Exact decimals or counts, one per bucket. */
  readonly values: readonly (string | number)[];
}

interface Props {
  readonly title: string;
  /** What the bars show, for screen readers. */
  readonly description: string;
  readonly granularity: DayRange['granularity'];
  readonly buckets: readonly Days[];
  /** The largest first; at most eight, for there are no more colours. */
  readonly stacks: readonly Stack[];
  readonly format: (value: string | number) => string;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}

/** A sum over time, stacked by what it consists of. */
export function Stacks({ title, description, granularity, buckets, stacks, format, view, onOpen }: Props) {
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => ({
      aria: {
        enabled: true,
        label: { description },
        decal: { show: buckets.length <= MAX_PATTERNED_BARS, decals: decals(colours, stacks.length) },
      },
      ...axes(
        buckets.map((bucket) => axisText(bucket, granularity)),
        colours,
        formatCompact,
      ),
      dataZoom: zoom(buckets.length, colours),
      // Named by index, because data can have any name.
      series: stacks.map(({ values }, index) => ({
        type: 'bar',
        name: String(index),
        stack: 'all',
        barMaxWidth: 60,
        itemStyle: { color: colours.series[index] },
        data: values.map(Number),
      })),
    }),
    [buckets, stacks, granularity, description],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      if (!bucket) return undefined;
      const lines = stacks.map(({ name, values }, index) => ({
        name: shortName(name, 40),
        value: format(values[column] ?? 0),
        colour: index + 1,
      }));
      return { title: daysText(bucket), lines };
    },
    [buckets, stacks, format],
  );
  return (
    <BucketChart
      title={title}
      buckets={buckets}
      view={view}
      option={option}
      tip={tip}
      onOpen={onOpen}
      table={<StacksTable buckets={buckets} stacks={stacks} format={format} label={title} onOpen={onOpen} />}
    >
      <ul className="kpi-legend">
        {stacks.map(({ id, name }, index) => (
          <li key={id} title={name}>
            <Swatch colour={index + 1} />
            <bdi>{shortName(name)}</bdi>
          </li>
        ))}
      </ul>
    </BucketChart>
  );
}

/** Patterns in addition to colours; the first and the last series are plain. */
export function decals({ surface }: Colours, count: number): object[] {
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
  buckets,
  stacks,
  format,
  label,
  onOpen,
}: Pick<Props, 'buckets' | 'stacks' | 'format' | 'onOpen'> & { readonly label: string }) {
  const rows = useMemo(() => buckets.map((bucket, index): Row => ({ ...bucket, index })), [buckets]);
  const columns = useMemo(
    (): Column<Row>[] => [
      { id: 'days', header: 'Days', value: ({ from }) => from, cell: daysText, width: 1.6 },
      ...stacks.map(
        ({ name, values }, place): Column<Row> => ({
          id: String(place),
          header: shortName(name, 16),
          numeric: true,
          wideOnly: place > 1,
          value: ({ index }) => Number(values[index]),
          cell: ({ index }) => format(values[index] ?? 0),
        }),
      ),
    ],
    [stacks, format],
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
