import type { EChartsCoreOption } from 'echarts/core';
import { type ReactNode, useCallback } from 'react';
import type { Days } from '../../api/range';
import { Chart, type ChartPoint } from '../shared/chart';
import { ChartCard } from '../shared/chart-card';
import type { Colours } from '../shared/chart-colours';
import type { Tip } from '../shared/chart-tip';
import { gridFor } from './time-axes';

interface Props<Bucket extends Days> {
  readonly title: string;
  /** From left to right. */
  readonly buckets: readonly Bucket[];
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly option: (colours: Colours) => EChartsCoreOption;
  readonly tip: (point: ChartPoint) => Tip | undefined;
  readonly onOpen: (bucket: Bucket) => void;
  /** The same data as a table. */
  readonly table: ReactNode;
  readonly children: ReactNode;
}

/** A chart over time; each point can be opened. */
export function BucketChart<Bucket extends Days>({
  title,
  buckets,
  view,
  option,
  tip,
  onOpen,
  table,
  children,
}: Props<Bucket>) {
  const open = useCallback(
    ({ column }: ChartPoint) => {
      const bucket = buckets[column];
      if (bucket) onOpen(bucket);
    },
    [buckets, onOpen],
  );
  return (
    <ChartCard
      title={title}
      chart={
        <Chart
          key={view}
          label={title}
          option={option}
          columns={buckets.length}
          height={320}
          grid={gridFor(buckets.length)}
          tip={tip}
          onOpen={open}
        />
      }
      table={table}
    >
      {children}
    </ChartCard>
  );
}
