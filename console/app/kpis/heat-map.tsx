import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import type { CategoryReport } from '../../api/kpis';
import { rateText, shortName } from '../range/figure-text';
import { axisText, daysText } from '../range/range-text';
import { Chart, type ChartPoint, type Grid } from '../shared/chart';
import { ChartCard } from '../shared/chart-card';
import type { Colours } from '../shared/chart-colours';
import { drawn } from '../shared/chart-text';
import type { Tip } from '../shared/chart-tip';
import { type Column, DataTable } from '../shared/data-table';
import { formatCount, formatDecimal } from '../shared/format';

/** Rows that are shown initially. */
const INITIAL_ROWS = 15;
/** In pixels. */
const ROW_HEIGHT = 24;

const NARROW = matchMedia('(max-width: 700px)');
const WIDE_GRID: Grid = { left: 170, right: 16, top: 8, bottom: 74 };
const NARROW_GRID: Grid = { ...WIDE_GRID, left: 100 };

/** With more columns, cells have no labels. */
const MAX_LABELLED_COLUMNS = 10;

/** Return rates by category and week: the darker (in dark mode: brighter), the higher. */
export function HeatMap({ report, view }: { readonly report: CategoryReport; readonly view: string }) {
  const { granularity, buckets } = report.heat;
  const [showsAll, setShowsAll] = useState(false);
  const rows = useMemo(
    () => (showsAll ? report.heat.rows : report.heat.rows.slice(0, INITIAL_ROWS)),
    [showsAll, report.heat.rows],
  );
  const isNarrow = useSyncExternalStore(watchWidth, () => NARROW.matches);
  const grid = isNarrow ? NARROW_GRID : WIDE_GRID;
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => {
      const label = { color: colours.muted, fontSize: 12 };
      const cells = rows.flatMap(({ rates }, row) =>
        rates.flatMap((rate, column) => (rate === null ? [] : [[column, row, Number(rate)]])),
      );
      const highest = Math.max(1, ...cells.map(([, , rate = 0]) => rate));
      return {
        aria: { enabled: true, label: { description: `Return rate by category and ${granularity}` } },
        xAxis: {
          type: 'category',
          data: buckets.map((bucket) => axisText(bucket, granularity)),
          axisLabel: { ...label, hideOverlap: true },
          axisLine: { lineStyle: { color: colours.line } },
          axisTick: { show: false },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          // By index, because a category can have any name.
          data: rows.map((_, row) => String(row)),
          axisLabel: {
            ...label,
            interval: 0,
            width: grid.left - 10,
            overflow: 'truncate',
            formatter: (row: string) => drawn(shortName(rows[Number(row)]?.category ?? '', 24)),
          },
          axisLine: { show: false },
          axisTick: { show: false },
        },
        visualMap: {
          min: 0,
          max: highest,
          orient: 'horizontal',
          left: 'center',
          bottom: 4,
          itemHeight: 160,
          itemWidth: 12,
          text: [`${highest.toFixed(0)} %`, '0 %'],
          textStyle: { color: colours.muted },
          inRange: { color: [colours.sunken, colours.series[5] ?? colours.text] },
        },
        series: [
          {
            type: 'heatmap',
            data: cells,
            label: {
              show: buckets.length <= (isNarrow ? MAX_LABELLED_COLUMNS / 2 : MAX_LABELLED_COLUMNS),
              color: colours.text,
              formatter: ({ value: [, , rate = 0] }: { value: readonly number[] }) => formatDecimal(rate),
            },
            itemStyle: { borderColor: colours.surface, borderWidth: buckets.length > 60 ? 0 : 1 },
            emphasis: { disabled: true },
          },
        ],
      };
    },
    [rows, buckets, granularity, grid, isNarrow],
  );
  const tip = useCallback(
    ({ column, row }: ChartPoint): Tip | undefined => {
      const [bucket, of] = [buckets[column], rows[row]];
      if (!bucket || !of) return undefined;
      return {
        title: shortName(of.category, 120),
        lines: [{ name: daysText(bucket), value: rateText(of.rates[column] ?? null) }],
      };
    },
    [buckets, rows],
  );
  const title = `Return rate by category and ${granularity}`;
  return (
    <ChartCard
      title={title}
      chart={
        <Chart
          key={`${view} ${showsAll}`}
          label={title}
          option={option}
          columns={buckets.length}
          rows={rows.length}
          height={rows.length * ROW_HEIGHT + grid.top + grid.bottom}
          grid={grid}
          tip={tip}
        />
      }
      table={<HeatTable report={report} label={title} />}
    >
      {report.heat.rows.length > INITIAL_ROWS && (
        <div className="row">
          <button type="button" className="small" onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? `Show the first ${INITIAL_ROWS}` : `Show all ${report.heat.rows.length}`}
          </button>
        </div>
      )}
      {report.count > report.heat.rows.length && (
        <p className="muted small kpi-hint">
          The {report.heat.rows.length} categories with the highest revenue, of {formatCount(report.count)}.
        </p>
      )}
    </ChartCard>
  );
}

function watchWidth(onChange: () => void): () => void {
  NARROW.addEventListener('change', onChange);
  return () => NARROW.removeEventListener('change', onChange);
}

interface Cell {
  readonly category: string;
  readonly days: string;
  readonly from: string;
  readonly rate: string;
}

function HeatTable({ report, label }: { readonly report: CategoryReport; readonly label: string }) {
  const { rows, buckets } = report.heat;
  const cells = useMemo(
    () =>
      rows.flatMap(({ category, rates }) =>
        buckets.flatMap((bucket, index): Cell[] => {
          const rate = rates[index] ?? null;
          return rate !== null ? [{ category, days: daysText(bucket), from: bucket.from, rate }] : [];
        }),
      ),
    [rows, buckets],
  );
  const columns = useMemo(
    (): Column<Cell>[] => [
      {
        id: 'category',
        header: 'Category',
        width: 1.5,
        value: ({ category }) => category,
        cell: ({ category }) => <bdi title={category}>{category}</bdi>,
      },
      { id: 'days', header: 'Days', width: 1.5, value: ({ from }) => from, cell: ({ days }) => days },
      {
        id: 'rate',
        header: 'Return rate',
        numeric: true,
        value: ({ rate }) => Number(rate),
        cell: ({ rate }) => rateText(rate),
      },
    ],
    [],
  );
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={cells}
      rowId={({ category, from }) => `${from} ${category}`}
    />
  );
}
