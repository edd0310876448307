import { useMemo } from 'react';
import type { Days } from '../../api/range';
import type { TrafficReport } from '../../api/traffic';
import { Stacks } from '../range/stacks';
import { Trend } from '../range/trend';
import type { TrafficChoice } from './traffic-choice';
import { METRICS, STACK_FORMATS } from './traffic-text';

interface Props {
  readonly report: TrafficReport;
  readonly choice: TrafficChoice;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}

/** The chosen metric over time: a sum stacked by channel, or by the sources of one; a rate or mean as a line. */
export function OverTime({ report, choice: { metric, channel }, view, onOpen }: Props) {
  const { range, buckets, parts } = report;
  const { stacked } = metric;
  const others = parts - report.stacks.length + 1;
  const stacks = useMemo(
    () =>
      stacked &&
      report.stacks.map(({ name, values }) => ({
        id: name === null ? 'others' : `part ${name}`,
        name: name ?? `${others} others`,
        values: values[stacked],
      })),
    [report.stacks, stacked, others],
  );
  if (stacks && stacked) {
    const title = `${metric.name} by ${range.granularity} and ${channel === undefined ? 'channel' : 'source'}`;
    return (
      <Stacks
        title={title}
        description={title}
        granularity={range.granularity}
        buckets={buckets}
        stacks={stacks}
        format={STACK_FORMATS[stacked]}
        view={view}
        onOpen={onOpen}
      />
    );
  }
  return (
    <Trend
      range={range}
      buckets={buckets}
      metrics={METRICS}
      metric={metric}
      axisFormat={metric.axisFormat}
      dayHint="Click a day for its sessions."
      view={view}
      onOpen={onOpen}
    />
  );
}
