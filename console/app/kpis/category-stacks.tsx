import { useMemo } from 'react';
import type { CategoryReport } from '../../api/kpis';
import type { Days } from '../../api/range';
import { Stacks } from '../range/stacks';
import { formatDecimal } from '../shared/format';

interface Props {
  readonly report: CategoryReport;
  /** Changes with the chosen days, which resets the zoom. */
  readonly view: string;
  readonly onOpen: (bucket: Days) => void;
}

/** Revenue over time, stacked: the largest categories, and all others as one. */
export function CategoryStacks({ report, view, onOpen }: Props) {
  const { granularity } = report.range;
  const others = report.count - report.stacks.length + 1;
  const stacks = useMemo(
    () =>
      report.stacks.map(({ category, revenue }) => ({
        id: category === null ? 'others' : `category ${category}`,
        name: category ?? `${others} others`,
        values: revenue,
      })),
    [report.stacks, others],
  );
  return (
    <Stacks
      title={`Categories by ${granularity}`}
      description={`Revenue of categories by ${granularity}`}
      granularity={granularity}
      buckets={report.buckets}
      stacks={stacks}
      format={formatDecimal}
      view={view}
      onOpen={onOpen}
    />
  );
}
