import type { EChartsCoreOption } from 'echarts/core';
import { type ReactNode, useCallback, useMemo } from 'react';
import { axes } from '../range/time-axes';
import { Chart, type ChartPoint, type Grid } from '../shared/chart';
import { ChartCard } from '../shared/chart-card';
import type { Colours } from '../shared/chart-colours';
import type { Tip } from '../shared/chart-tip';
import { DataTable } from '../shared/data-table';
import { formatCompact, formatCount, formatPercent } from '../shared/format';

export interface Bin {
  /** Below the bar. */
  readonly label: string;
  /** The values in words: `from 10.00 to 20.00`. */
  readonly text: string;
  readonly count: number;
}

interface Props {
  readonly title: string;
  /** What is counted, plural. */
  readonly of: string;
  /** What the bins are of. */
  readonly by: string;
  readonly bins: readonly Bin[];
  readonly onOpen?: (index: number) => void;
  readonly children?: ReactNode;
}

/** With more bins, only the labels that have space are shown. */
const MAX_LABELLED_BINS = 10;

const GRID: Grid = { left: 56, right: 16, top: 16, bottom: 34 };

/** How many there are in each bin. */
export function Histogram({ title, of, by, bins, onOpen, children }: Props) {
  const total = useMemo(() => bins.reduce((sum, { count }) => sum + count, 0), [bins]);
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const base = axes(
        bins.map(({ label }) => label),
        colours,
        formatCompact,
      );
      return {
        aria: { enabled: true, label: { description: title } },
        xAxis: {
          ...base.xAxis,
          axisLabel: { ...base.xAxis.axisLabel, ...(bins.length <= MAX_LABELLED_BINS && { interval: 0 }) },
        },
        yAxis: { ...base.yAxis, minInterval: 1 },
        series: [
          {
            type: 'bar',
            barCategoryGap: '12%',
            itemStyle: { color: colours.series[0] },
            data: bins.map(({ count }) => count),
          },
        ],
      };
    },
    [bins, title],
  );
  const share = useCallback(
    (count: number) => formatPercent(total === 0 ? 0 : (100 * count) / total),
    [total],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bin = bins[column];
      return (
        bin && {
          title: bin.text,
          lines: [{ name: of, value: `${formatCount(bin.count)} (${share(bin.count)})` }],
        }
      );
    },
    [bins, of, share],
  );
  const rows = useMemo(() => bins.map((bin, index) => ({ ...bin, index })), [bins]);
  return (
    <ChartCard
      title={title}
      chart={
        <Chart
          label={title}
          option={option}
          columns={bins.length}
          height={260}
          grid={GRID}
          tip={tip}
          onOpen={onOpen && (({ column }) => onOpen(column))}
        />
      }
      table={
        <DataTable
          label={title}
          columns={[
            { id: 'bin', header: by, value: ({ index }) => index, cell: ({ text }) => text },
            {
              id: 'count',
              header: of,
              numeric: true,
              value: ({ count }) => count,
              cell: ({ count }) => formatCount(count),
            },
            {
              id: 'share',
              header: 'Share',
              numeric: true,
              value: ({ count }) => count,
              cell: ({ count }) => share(count),
            },
          ]}
          rows={rows}
          rowId={({ index }) => String(index)}
          height={260}
        />
      }
    >
      {children}
    </ChartCard>
  );
}
